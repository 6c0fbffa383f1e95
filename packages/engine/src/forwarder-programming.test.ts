import { DocumentSpec, EMPTY_DOCUMENT, LbError, reviseDocument } from "@tandem/model";
import { expect, test } from "vitest";
import { NO_HEALTH } from "./core/testing.ts";
import type { ServiceChange } from "./dataplane/dataplane.ts";
import { documentOf, type InProcessForwarder, startInProcess } from "./testing.ts";
import {
  A,
  client,
  destinationsOf,
  establish,
  packetsOf,
  receive,
  rowsOf,
  run,
  WEB,
  web,
} from "./testing-clients.ts";

test("forwarder leaves packets where they are until it has a document, then serves them", () => {
  const f = startInProcess();
  f.dataplane.program([
    { kind: "set_vip", address: Uint8Array.of(192, 0, 2, 1), flags: 0 },
    {
      kind: "set_service",
      at: { address: Uint8Array.of(192, 0, 2, 1), port: 80, protocol: 6 },
      id: 1,
      flags: 0,
    },
  ]);
  expect(receive(f, client(1))).toBe("new_flow");
  f.turn();
  expect(f.dataplane.waiting.upcalls).toBe(1);
  expect(f.idleMs).toBeGreaterThan(0);
  run(f, WEB);
  expect(f.dataplane.waiting.upcalls).toBe(0);
  expect(f.dataplane.sent).toHaveLength(1);
  expect(packetsOf(f).get("scheduled")).toBe(1);
});

test("forwarder changes of the fast path only what a document changes", () => {
  const f = startInProcess();
  expect(run(f, WEB).changes).toBe(4); // address, service, and a masqueraded destination twice
  expect(run(f, WEB).changes).toBe(0);
  expect(run(f, documentOf([web([{ address: "10.0.0.1" }, { address: "10.0.0.2" }])], WEB)).changes).toBe(2);
});

/** Let the data plane refuse once, after `good` changes. Returns a function that lets it be. */
function breakAfter(f: InProcessForwarder, good: number, error: Error): () => void {
  const { program } = f.dataplane;
  let left = good;
  f.dataplane.program = (changes: readonly ServiceChange[]) => {
    for (const change of changes) {
      if (left-- === 0) throw error;
      program([change]);
    }
  };
  return () => {
    f.dataplane.program = program;
  };
}

const refusal = new LbError({ code: "refused", doing: "write a service", why: "E2BIG", want: "room" });
const other = documentOf([{ ...web([{ address: "10.0.0.9" }]), port: 81 }], WEB);

for (const good of [0, 1, 2, 3, 5]) {
  test(`a document of which ${good} changes are taken is undone, and the one before it goes on`, () => {
    const f = startInProcess();
    run(f, WEB);
    const programmed = new Set(f.dataplane.programmed().map((c) => JSON.stringify(c)));
    breakAfter(f, good, refusal);
    expect(() => run(f, other)).toThrow(expect.objectContaining(refusal.failure));
    expect(new Set(f.dataplane.programmed().map((c) => JSON.stringify(c)))).toEqual(programmed);
    establish(f, 1);
    expect(rowsOf(f)).toMatchObject([
      { client: "198.51.100.1", destination: "10.0.0.1", state: "ESTABLISHED" },
    ]);
  });
}

test("a data plane that refuses to be put back, too, is put right by the next document", () => {
  const f = startInProcess();
  run(f, WEB);
  const mend = breakAfter(f, 1, refusal);
  const { program } = f.dataplane;
  f.dataplane.program = (changes) => {
    program(changes);
    throw refusal;
  };
  expect(() => run(f, other)).toThrow();
  mend();
  run(f, documentOf([web()], other));
  establish(f, 1);
  expect(rowsOf(f)).toHaveLength(1);
});

test("a forwarder whose first document is refused adopts with the next one", () => {
  const former = startInProcess();
  run(former, WEB);
  establish(former, 1);
  const f = startInProcess({ dataplane: former.dataplane, clock: former.clock });
  const mend = breakAfter(f, 0, refusal);
  expect(() => run(f, other)).toThrow();
  mend();
  expect(run(f, WEB)).toEqual({ changes: 0, adopted: 1, repaired: 0 });
});

test("a bug in the data plane is not taken for a refusal", () => {
  const f = startInProcess();
  breakAfter(f, 0, new Error("invariant: no"));
  f.send({ type: "question", id: 1, name: "program", ask: { document: WEB, ...NO_HEALTH } });
  expect(() => f.turn()).toThrow("invariant: no");
});

test("forwarder adopts a former one's connections with its first document, and only then", () => {
  const former = startInProcess();
  run(former, WEB);
  establish(former, 1);
  establish(former, 2);
  const f = startInProcess({ dataplane: former.dataplane, clock: former.clock });
  expect(run(f, WEB)).toEqual({ changes: 0, adopted: 2, repaired: 0 });
  expect(run(f, WEB)).toEqual({ changes: 0, adopted: 0, repaired: 0 });
  expect(destinationsOf(f)).toMatchObject([{ destinationId: A, activeConnections: 2 }]);
  expect(receive(f, client(1, "A"))).toBe("forwarded");
});

test("a connection whose destination was removed while no daemon ran is reset, if the service says so", () => {
  const former = startInProcess();
  run(former, documentOf([web([{ address: "10.0.0.1" }])]));
  establish(former, 1);
  former.dataplane.sent.length = 0;
  const f = startInProcess({ dataplane: former.dataplane, clock: former.clock });
  run(f, documentOf([{ ...web([]), whenRemoved: "reset" }], documentOf([web([{ address: "10.0.0.1" }])])));
  f.settle();
  expect(f.dataplane.sent.map(({ bytes }) => bytes[33])).toEqual([0x10]); // the client is asked for a packet
  f.dataplane.sent.length = 0;
  expect(receive(f, client(1, "A"))).toBe("watched");
  f.settle();
  const flags = f.dataplane.sent.map(({ bytes }) => bytes[33]! & 0x04);
  expect(flags).toEqual([0x04, 0x04]); // RST to both
});

test("a document's settings and rules reach the fast path", () => {
  const f = startInProcess();
  const settings = { midStream: "host" };
  run(f, reviseDocument(EMPTY_DOCUMENT, DocumentSpec.parse({ version: 1, settings, services: [web()] })));
  expect(receive(f, client(1, "A"))).toBe("mid_stream_host");
  run(f, WEB);
  expect(receive(f, client(1, "A"))).toBe("mid_stream");
});
