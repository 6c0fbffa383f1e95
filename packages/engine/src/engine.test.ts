import { LbError, type ReplicaAnswer } from "@tandem/model";
import { expect, test } from "vitest";
import { type Engine, startEngine } from "./engine.ts";
import type { ForwarderCommand, ForwarderEvent, ForwarderLink } from "./forwarder-protocol.ts";
import { documentOf, startInProcess } from "./testing.ts";

const WEB = documentOf([
  {
    protocol: "tcp",
    address: "192.0.2.1",
    port: 80,
    destinations: [{ address: "10.0.0.1", weight: 5 }, { address: "10.0.0.2" }],
  },
]);
/** Ids: service 1, destinations 2 and 3. */
const [A, B] = [2, 3];
const weigh = (...weights: [id: number, weight: number][]) => ({
  weights: new Map(weights),
  down: new Set<number>(),
});
const NONE = weigh();

/** An engine over a forwarder that only listens; the test speaks for it. */
async function startMute() {
  const commands: ForwarderCommand[] = [];
  let speak: (event: ForwarderEvent) => void = () => {};
  const ended = Promise.withResolvers<void>();
  const link: ForwarderLink = {
    send: (command) => commands.push(command),
    onEvent: (handler) => (speak = handler),
    closed: () => ended.promise,
  };
  const starting = startEngine(link);
  speak({ type: "ready", isTableKept: false });
  const engine = await starting;
  return { engine, commands, speak: (event: ForwarderEvent) => speak(event), end: () => ended.resolve() };
}

/** An engine over a whole forwarder. `soon` lets that one work and waits for the answer. */
async function startWhole() {
  const forwarder = startInProcess();
  const engine = await startEngine(forwarder);
  const soon = <T>(promise: Promise<T>): Promise<T> => {
    forwarder.turn();
    return promise;
  };
  return { engine, forwarder, soon };
}

const weightsOf = async (engine: Engine, soon: <T>(p: Promise<T>) => Promise<T>) =>
  new Map(
    (await soon(engine.ask("services", {})))
      .flatMap((s) => s.destinations)
      .map((d) => [d.destinationId, d.effectiveWeight]),
  );

const failure = (promise: Promise<unknown>): Promise<LbError> =>
  promise.then(
    () => Promise.reject(new Error("it should have failed")),
    (error) => error,
  );

test("engine runs a document from when it is in force", async () => {
  const { engine, soon } = await startWhole();
  expect(engine.document.revision).toBe(0);
  const applying = engine.apply(WEB, NONE);
  expect(engine.document.revision).toBe(0);
  expect(await soon(applying)).toEqual({ changes: 6, adopted: 0, repaired: 0 });
  expect(engine.document).toEqual(WEB);
});

test("engine names a service that stays by its id, and the forwarder knows which one it is", async () => {
  const { engine, commands, speak } = await startMute();
  const answer = { changes: 0, adopted: 0, repaired: 0 };
  const sent = () => {
    const command = commands.at(-1);
    if (command?.type !== "question" || command.name !== "program") throw new Error("it was not asked");
    speak({ type: "answer", id: command.id, answer });
    return command.ask.document.services;
  };
  const first = engine.apply(WEB, NONE);
  expect(sent()).toEqual(WEB.services);
  await first;
  const more = documentOf([{ protocol: "udp", address: "192.0.2.1", port: 53 }]).services;
  const second = engine.apply({ ...WEB, services: [...more, ...WEB.services] }, NONE);
  expect(sent()).toEqual([...more, WEB.services[0]!.id]);
  await second;

  const whole = await startWhole();
  await whole.soon(whole.engine.apply(WEB, NONE));
  await whole.soon(whole.engine.apply({ ...WEB, revision: 2 }, weigh([A, 9])));
  expect(await weightsOf(whole.engine, whole.soon)).toEqual(
    new Map([
      [A, 9],
      [B, 1],
    ]),
  );
});

test("engine keeps the running document when the data plane refuses the next one", async () => {
  const { engine, forwarder, soon } = await startWhole();
  await soon(engine.apply(WEB, NONE));
  const { program } = forwarder.dataplane;
  forwarder.dataplane.program = () => {
    throw new LbError({ code: "refused", doing: "write a service", why: "E2BIG", want: "room" });
  };
  const error = await failure(soon(engine.apply(documentOf([], WEB), NONE)));
  expect(error).toBeInstanceOf(LbError);
  expect(error.failure).toMatchObject({ code: "refused", why: "E2BIG" });
  expect(engine.document).toEqual(WEB);
  forwarder.dataplane.program = program;
  await soon(engine.apply(documentOf([], WEB), NONE));
  expect(engine.document.revision).toBe(2);
});

test("a document brings its weights; later ones replace them, and those before it are of no effect", async () => {
  const { engine, soon } = await startWhole();
  engine.setHealth(weigh([A, 9]));
  await soon(engine.apply(WEB, weigh([B, 0])));
  expect(await weightsOf(engine, soon)).toEqual(
    new Map([
      [A, 5],
      [B, 0],
    ]),
  );
  engine.setHealth(weigh([A, 0]));
  expect(await weightsOf(engine, soon)).toEqual(
    new Map([
      [A, 0],
      [B, 1],
    ]),
  );
});

test("engine gives every asker the answer to its own question, in whatever order they come", async () => {
  const { engine, commands, speak } = await startMute();
  const [first, second] = [engine.ask("ping", {}), engine.ask("ping", {})];
  const [a, b] = commands.map((c) => (c.type === "question" ? c.id : 0)) as [number, number];
  speak({ type: "answer", id: b, answer: { faults: ["b"] } });
  speak({ type: "answer", id: b, answer: { faults: ["nobody waits for a second answer"] } });
  speak({ type: "answer", id: a, answer: { faults: ["a"] } });
  expect([await first, await second]).toEqual([{ faults: ["a"] }, { faults: ["b"] }]);
});

test("engine hands records and replica answers on in the order they come", async () => {
  const { engine, speak } = await startMute();
  const heard: unknown[] = [];
  engine.onRecords((records, count) => heard.push([...records, count]));
  engine.onReplicaAnswer((answer) => heard.push(answer));
  const applied: ReplicaAnswer = { type: "applied", token: 7 };
  speak({ type: "records", records: Uint8Array.of(1, 2), count: 1 });
  speak({ type: "replica", answer: applied });
  speak({ type: "records", records: Uint8Array.of(3), count: 1 });
  expect(heard).toEqual([[1, 2, 1], applied, [3, 1]]);
});

const unusable = { code: "unsupported", missing: [] };
const ends: [what: string, end: (m: Awaited<ReturnType<typeof startMute>>) => void, failure: object][] = [
  [
    "fails with a failure of its own",
    ({ speak }) => speak({ type: "failed", message: "x", failure: unusable }),
    unusable,
  ],
  [
    "fails with a bug",
    ({ speak }) => speak({ type: "failed", message: "Error: invariant" }),
    { code: "unavailable", what: "the forwarder", why: "Error: invariant" },
  ],
  ["ends unasked", ({ end }) => end(), { code: "unavailable", what: "the forwarder", why: "it has ended" }],
];
for (const [what, end, wanted] of ends) {
  test(`a forwarder that ${what} fails all that is asked, then and later, and is told of once`, async () => {
    const mute = await startMute();
    const { engine } = mute;
    const told: object[] = [];
    engine.onFailure((error) => told.push(error.failure));
    const asked = [engine.ask("counts", {}), engine.apply(WEB, NONE)].map(failure);
    const capture = Promise.withResolvers<LbError>();
    engine.capture({ reasons: new Set() }, { tell() {}, fail: capture.resolve });
    asked.push(capture.promise);
    end(mute);
    mute.end();
    for (const error of await Promise.all(asked)) expect(error.failure).toEqual(wanted);
    expect((await failure(engine.ask("ping", {}))).failure).toEqual(wanted);
    expect(told).toEqual([wanted]);
    engine.onFailure((error) => told.push(error.failure));
    expect(told).toEqual([wanted, wanted]);
    expect(engine.document.revision).toBe(0);
  });
}

test("a forwarder that cannot start fails the start, in its own words", async () => {
  let speak: (event: ForwarderEvent) => void = () => {};
  const link: ForwarderLink = {
    send() {},
    onEvent: (handler) => (speak = handler),
    closed: () => new Promise(() => {}),
  };
  const starting = startEngine(link);
  speak({
    type: "failed",
    message: "x",
    failure: { code: "refused", doing: "start", why: "no", want: "yes" },
  });
  expect((await failure(starting)).message).toBe("Cannot start: no, wanted yes");
  const ending = startEngine({ ...link, closed: () => Promise.resolve() });
  expect((await failure(ending)).message).toBe("Cannot reach the forwarder: it has ended");
});

test("closing an engine is no failure, but fails what is still asked", async () => {
  const { engine, commands, end } = await startMute();
  let isTold = false;
  engine.onFailure(() => (isTold = true));
  const asked = failure(engine.ask("ping", {}));
  const closing = engine.close();
  expect(commands.at(-1)).toEqual({ type: "stop" });
  end();
  await closing;
  expect((await asked).failure.code).toBe("unavailable");
  expect((await failure(engine.ask("ping", {}))).failure.code).toBe("unavailable");
  expect(isTold).toBe(false);
});
