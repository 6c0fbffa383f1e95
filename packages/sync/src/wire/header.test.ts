import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeHeader, encodeHeader, type FrameHeader, isNodeName, KIND_CODES, type Kind } from "./header.ts";

const kinds = Object.keys(KIND_CODES) as Kind[];
const anyHeader: fc.Arbitrary<FrameHeader> = fc.record({
  keyId: fc.nat(255),
  kind: fc.constantFrom(...kinds),
  count: fc.nat(0xffff),
  revision: fc.nat(0xffffffff),
  sequence: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  atUs: fc.nat(Number.MAX_SAFE_INTEGER),
  epoch: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => bytes.toHex()),
  node: fc.stringMatching(/^[A-Za-z0-9_-]{1,32}$/),
});

test("header round-trips", () => {
  fc.assert(
    fc.property(anyHeader, (h) => {
      expect(decodeHeader(encodeHeader(h))).toEqual(h);
    }),
  );
});

test("header cut at any length is malformed", () => {
  fc.assert(
    fc.property(anyHeader, (h) => {
      const bytes = encodeHeader(h);
      for (let length = 0; length < bytes.length; length++) {
        expect(decodeHeader(bytes.subarray(0, length))).toBe("malformed");
      }
    }),
    { numRuns: 20 },
  );
});

const good: FrameHeader = {
  keyId: 1,
  kind: "delta",
  count: 2,
  revision: 3,
  sequence: 4,
  atUs: 5,
  epoch: "00".repeat(16),
  node: "a",
};
const changes = [
  { name: "another magic", at: 0, value: 0x00, want: "malformed" },
  { name: "another version", at: 2, value: 2, want: "version" },
  { name: "kind 0", at: 4, value: 0, want: "malformed" },
  { name: "an unknown kind", at: 4, value: 99, want: "malformed" },
  { name: "no name", at: 5, value: 0, want: "malformed" },
  { name: "a longer name than there is", at: 5, value: 2, want: "malformed" },
  { name: "a sequence above 2^53", at: 13, value: 0x20, want: "malformed" },
  { name: "sequence 0", at: 19, value: 0, want: "malformed" },
  { name: "a dot in its name", at: 44, value: 0x2e, want: "malformed" },
];
for (const c of changes) {
  test(`header with ${c.name} is refused: ${c.want}`, () => {
    const bytes = encodeHeader(good);
    bytes[c.at] = c.value;
    expect(decodeHeader(bytes)).toBe(c.want);
  });
}

const names = [
  { name: "director-1", is: true },
  { name: "A_b-9", is: true },
  { name: "x".repeat(32), is: true },
  { name: "x".repeat(33), is: false },
  { name: "", is: false },
  { name: "a.b", is: false },
  { name: "a*", is: false },
  { name: "ü", is: false },
];
for (const { name, is } of names) {
  test(`"${name}" is ${is ? "a" : "no"} node name`, () => expect(isNodeName(name)).toBe(is));
}
