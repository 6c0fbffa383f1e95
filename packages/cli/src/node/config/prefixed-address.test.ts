import { expect, test } from "vitest";
import { parsePrefixed } from "./prefixed-address.ts";

const cases: [text: string, address: string | undefined, prefixLength?: number][] = [
  ["192.0.2.1/24", "192.0.2.1", 24],
  ["192.0.2.1/32", "192.0.2.1", 32],
  ["2001:DB8:0::1/64", "2001:db8::1", 64],
  ["192.0.2.1", undefined],
  ["192.0.2.1/0", undefined],
  ["192.0.2.1/33", undefined],
  ["192.0.2/24", undefined],
  ["2001:db8::1/129", undefined],
  ["192.0.2.1/24/24", undefined],
];
for (const [text, address, prefixLength] of cases) {
  test(`prefixed address "${text}" is ${address === undefined ? "refused" : "read"}`, () =>
    expect(parsePrefixed(text)).toEqual(address === undefined ? undefined : { address, prefixLength }));
}
