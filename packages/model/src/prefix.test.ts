import { expect, test } from "vitest";
import { formatPrefix, parsePrefix } from "./prefix.ts";

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
