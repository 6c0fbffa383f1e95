import { LbError } from "@tandem/model/failure";
import { expect, test } from "vitest";
import { fakeServices } from "../../testing/fake-services.ts";
import { healthyStatus } from "../../testing/fake-status.ts";
import { tandem } from "../../testing/run-tandem.ts";
import type { World } from "../command.ts";
import type { Key } from "../top/keys.ts";
import { top } from "./top.ts";

test("top without a terminal is refused, and names what scripts can use", async () => {
  expect(await tandem("top")).toEqual({
    out: "",
    err: "error: Cannot show what goes on: this is no terminal, wanted one; in scripts: `tandem services -o json`\n",
    exitCode: 1,
  });
});

/** Runs top on a screen of the test's; `services` is asked as often as it sleeps. */
async function runTop(
  keys: AsyncIterable<Key | undefined>,
  services: (() => Promise<unknown>) | undefined,
  { connect, options = {} }: { connect?: (name?: string) => Promise<unknown>; options?: object } = {},
) {
  const frames: string[] = [];
  let closed = 0;
  const screen = {
    size: () => ({ columns: 80, rows: 10 }),
    draw: (lines: readonly string[]) => void frames.push(lines.join("\n")),
    keys,
    close: () => void closed++,
  };
  const world = {
    env: {},
    out: { isTTY: false, write: () => {} },
    openScreen: async () => screen,
    connect: connect ?? (async () => ({ status: async () => healthyStatus, services, close: () => {} })),
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
  } as unknown as World;
  const exitCode = await top.run({ operands: [], options, format: "text" }, world);
  return { frames, closed: closed, exitCode };
}

test("top draws what it is told until q is pressed, and gives the terminal back", async () => {
  let asked = 0;
  const keys = async function* () {
    while (asked < 3) yield undefined; // the size changes, say
    yield "q";
    throw new Error("nobody reads on");
  };
  const services = async () => {
    asked++;
    await new Promise((resolve) => setImmediate(resolve));
    if (asked === 2) throw new LbError({ code: "unavailable", what: "the daemon", why: "it is away" });
    return fakeServices;
  };
  const { frames, closed, exitCode } = await runTop(throttled(keys()), services);
  expect({ closed, exitCode }).toEqual({ closed: 1, exitCode: 0 });
  expect(frames.some((frame) => frame.startsWith("lb1 active  SAFE"))).toBe(true);
  const away = frames.find((frame) => frame.startsWith("Cannot reach the daemon: it is away"));
  expect(away).toContain("tcp 192.0.2.10:80"); // what it said last stays
});

test("top gives the terminal back when it ends by a bug", async () => {
  const keys = async function* () {
    yield "j";
    throw new Error("a bug");
  };
  await expect(runTop(keys(), async () => fakeServices)).rejects.toThrow("a bug");
});

test("top --all-nodes adds up what all nodes forward, and names who does not answer", async () => {
  let asked = 0;
  const services = async () => {
    asked++;
    return fakeServices;
  };
  const keys = async function* () {
    for (asked = 0; asked < 5; ) yield undefined; // by then an answer of both has been drawn
    yield "q";
  };
  const connect = (silent: boolean) => async (name?: string) => {
    if (silent && name === "lb2")
      throw new LbError({ code: "unavailable", what: 'node "lb2"', why: "silence" });
    return { status: async () => healthyStatus, services, close: () => {} };
  };
  const seen = (frame: string) => {
    const [first, second, ...more] = frame.split("\n");
    return [first, second, more.at(-1)];
  };
  for (const [silent, ...says] of [
    [false, /^lb1 active, with lb2 {2}SAFE/, /42 new\/s/, /q quit/],
    [true, /^lb1 active, without lb2 {2}SAFE/, /21 new\/s/, /^Cannot reach node "lb2": silence/],
  ] as const) {
    const { frames } = await runTop(throttled(keys()), undefined, {
      connect: connect(silent),
      options: { allNodes: true },
    });
    expect(seen(frames.at(-1)!)).toEqual(says.map((each) => expect.stringMatching(each)));
  }
});

/** A turn of the event loop between keys. */
async function* throttled<T>(all: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const each of all) {
    await new Promise((resolve) => setImmediate(resolve));
    yield each;
  }
}
