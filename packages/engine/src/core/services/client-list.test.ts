import { expect, test } from "vitest";
import { createClientList, maskWords } from "./client-list.ts";
import { addressWords } from "./service.ts";

const lists = {
  "nothing at all": [[], []],
  "an allowed prefix": [["198.51.100.0/24"], []],
  "a denied prefix": [[], ["198.51.100.0/24"]],
  "a denied part of an allowed prefix": [["198.51.100.0/24"], ["198.51.100.64/26"]],
  "an allowed address of a denied prefix": [["198.51.100.65"], ["198.51.100.0/24"]],
  "an allowed IPv6 prefix": [["2001:db8:2::/48"], ["2001:db8:2:8000::/49"]],
} as const;
const cases: [keyof typeof lists, string, boolean][] = [
  ["nothing at all", "203.0.113.1", true],
  ["an allowed prefix", "198.51.100.1", true],
  ["an allowed prefix", "198.51.101.1", false],
  ["a denied prefix", "198.51.100.1", false],
  ["a denied prefix", "198.51.101.1", true],
  ["a denied part of an allowed prefix", "198.51.100.63", true],
  ["a denied part of an allowed prefix", "198.51.100.64", false],
  ["an allowed address of a denied prefix", "198.51.100.65", true],
  ["an allowed address of a denied prefix", "198.51.100.66", false],
  ["an allowed address of a denied prefix", "203.0.113.1", false],
  ["an allowed IPv6 prefix", "2001:db8:2:7fff::1", true],
  ["an allowed IPv6 prefix", "2001:db8:2:8000::1", false],
];
for (const [list, client, isServed] of cases) {
  test(`of ${list}, ${client} is ${isServed ? "served" : "not served"}`, () => {
    const [allow, deny] = lists[list];
    const words = new Uint32Array(5);
    words.set(addressWords(client), 1); // not at the start
    expect(createClientList(allow, deny)(words, 1)).toBe(isServed);
  });
}

test("a mask has its bits set as addresses stand in packets", () => {
  expect([...new Uint8Array(maskWords(1, 20).buffer)]).toEqual([255, 255, 240, 0]);
  expect([...new Uint8Array(maskWords(4, 33).buffer)]).toEqual([
    255,
    255,
    255,
    255,
    128,
    ...new Array(11).fill(0),
  ]);
  expect([...maskWords(1, 32)]).toEqual([0xffff_ffff]);
});
