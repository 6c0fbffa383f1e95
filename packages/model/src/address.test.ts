import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalAddress, formatAddress, formatEndpoint, parseAddress } from "./address.ts";

const canonical = [
  ["192.0.2.1", "192.0.2.1"],
  ["0.0.0.0", "0.0.0.0"],
  ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
  ["::", "::"],
  ["::1", "::1"],
  ["1::", "1::"],
  ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"], // RFC 5952 §4.2.2: one group is not shortened
  ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"], // RFC 5952 §4.2.3: the longest run
  ["::ffff:192.0.2.1", "::ffff:c000:201"],
] as const;
for (const [text, want] of canonical) {
  test(`address ${text} is written ${want}`, () => expect(canonicalAddress(text)).toBe(want));
}

const refused = [
  "",
  "1.2.3",
  "1.2.3.4.5",
  "256.0.0.1",
  "01.2.3.4",
  "1.2.3.4 ",
  "1e1.0.0.1",
  ":",
  ":::",
  "1::2::3",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:8:9",
  "1:2:3:4:5:6:7::8:9",
  "12345::",
  "g::",
  "fe80::1%eth0",
  "1.2.3.4::",
];
for (const text of refused) {
  test(`address "${text}" is refused`, () => expect(parseAddress(text)).toBeUndefined());
}

test("address text round-trips for all bytes of both families", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
  );
  fc.assert(
    fc.property(bytes, (b) => {
      expect(parseAddress(formatAddress(b))).toEqual(b);
    }),
  );
});

test("endpoint puts IPv6 in brackets", () => {
  expect(formatEndpoint("192.0.2.1", 80)).toBe("192.0.2.1:80");
  expect(formatEndpoint("2001:db8::1", 80)).toBe("[2001:db8::1]:80");
});
