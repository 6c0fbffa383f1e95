import { expect, test } from "vitest";
import { containsPrefix, formatPrefix, parsePrefix } from "./prefix.ts";

const readable: [string, string][] = [
  ["192.0.2.77/24", "192.0.2.0/24"],
  ["192.0.2.1", "192.0.2.1/32"],
  ["0.0.0.0/0", "0.0.0.0/0"],
  ["2001:db8:1:2:3::9/64", "2001:db8:1:2::/64"],
  ["2001:db8:ff00::/33", "2001:db8:8000::/33"],
  ["::1", "::1/128"],
];
for (const [text, canonical] of readable) {
  test(`"${text}" is the prefix ${canonical}`, () =>
    expect(formatPrefix(parsePrefix(text)!)).toBe(canonical));
}

for (const text of ["", "192.0.2.0/33", "192.0.2.0/", "192.0.2/24", "::/129", "::/-1", "::/1/2", "a/8"]) {
  test(`"${text}" is no prefix`, () => expect(parsePrefix(text)).toBeUndefined());
}

const contained: [outer: string, inner: string, contains: boolean][] = [
  ["192.0.2.0/24", "192.0.2.0/24", true],
  ["192.0.2.0/24", "192.0.2.7", true],
  ["192.0.2.0/24", "192.0.3.0/32", false],
  ["192.0.2.0/24", "192.0.2.0/23", false],
  ["0.0.0.0/0", "255.0.0.1", true],
  ["::/0", "192.0.2.1", false],
  ["2001:db8::/33", "2001:db8:7fff::/48", true],
  ["2001:db8::/33", "2001:db8:8000::/48", false],
];
for (const [outer, inner, contains] of contained) {
  test(`${outer} ${contains ? "contains" : "does not contain"} ${inner}`, () =>
    expect(containsPrefix(parsePrefix(outer)!, parsePrefix(inner)!)).toBe(contains));
}
