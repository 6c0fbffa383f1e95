import { expect, test } from "vitest";
import { createSources } from "./sources.ts";

/** Routing that answers with what `table` says, and counts the questions. */
function start(table: Record<string, Uint8Array | undefined>) {
  let isChanged = false;
  const asked: string[] = [];
  const sources = createSources({
    fd: 7,
    drain() {
      const was = isChanged;
      isChanged = false;
      return was;
    },
    askSource(address) {
      asked.push(address.join("."));
      return table[address.join(".")];
    },
    close() {},
  });
  return { sources, asked, change: () => (isChanged = true) };
}

const TO = Uint8Array.of(10, 0, 0, 1);
const FROM = Uint8Array.of(10, 0, 0, 254);

test("a source is asked for once until routing changes", () => {
  const table = { "10.0.0.1": FROM };
  const { sources, asked, change } = start(table);
  expect([sources.sourceFor(TO), sources.sourceFor(TO)]).toEqual([FROM, FROM]);
  expect(sources.turn()).toBe(false);
  expect(sources.sourceFor(TO)).toBe(FROM);
  expect(asked).toEqual(["10.0.0.1"]);
  change();
  table["10.0.0.1"] = TO;
  expect(sources.turn()).toBe(true);
  expect(sources.sourceFor(TO)).toBe(TO);
  expect(asked).toHaveLength(2);
});

test("an address without a route is asked for again", () => {
  const table: Record<string, Uint8Array> = {};
  const { sources } = start(table);
  expect(sources.sourceFor(TO)).toBeUndefined();
  table["10.0.0.1"] = FROM;
  expect(sources.sourceFor(TO)).toBe(FROM);
});

test("an IPv4 address and an IPv6 address with the same first bytes are two", () => {
  const long = Uint8Array.of(10, 0, 0, 1, ...new Uint8Array(12));
  const { sources } = start({ "10.0.0.1": FROM, [long.join(".")]: long });
  expect([sources.sourceFor(TO), sources.sourceFor(long)]).toEqual([FROM, long]);
});

test("what is remembered is bounded", () => {
  const { sources, asked } = start(new Proxy({}, { get: () => FROM }));
  const address = (n: number) => Uint8Array.of(10, n >>> 16, n >>> 8, n);
  for (let n = 0; n < 5000; n++) sources.sourceFor(address(n));
  sources.sourceFor(address(0));
  sources.sourceFor(address(4999));
  expect(asked).toHaveLength(5001);
});
