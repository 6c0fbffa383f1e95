import { expect, test } from "vitest";
import { createAesGcmSeal } from "./aes-gcm-seal.ts";
import { header, key, records, seal } from "./testing/sample-frame.ts";
import { encodeHeader, type FrameHeader } from "./wire/header.ts";
import { nonceOf, openFrame, sealFrame } from "./wire/seal.ts";

const frame = sealFrame(seal, header, { records });

test("a sealed frame opens to what was sealed, for everybody who has the cluster's key", () => {
  const other = createAesGcmSeal(new Map([[1, key]]), 1);
  expect(openFrame(other, header, frame)).toEqual({
    kind: "delta",
    header,
    body: { records: Buffer.from(records) },
  });
});

test("a frame with any one bit changed is forged", () => {
  const at = encodeHeader(header).length;
  for (let i = at * 8; i < frame.length * 8; i++) {
    const changed = frame.slice();
    changed[i >> 3]! ^= 1 << (i & 7);
    expect(openFrame(seal, header, changed)).toBe("forged");
  }
});

const others: { name: string; change: Partial<FrameHeader> }[] = [
  { name: "kind", change: { kind: "digest" } },
  { name: "count", change: { count: 2 } },
  { name: "revision", change: { revision: 10 } },
  { name: "sequence", change: { sequence: 6 } },
  { name: "time", change: { atUs: 1 } },
  { name: "epoch", change: { epoch: "ff".repeat(16) } },
  { name: "node", change: { node: "b" } },
  { name: "key id", change: { keyId: 2 } },
];
for (const { name, change } of others) {
  test(`a body under a header with another ${name} is forged`, () => {
    const changed = { ...header, ...change };
    const bytes = Uint8Array.of(...encodeHeader(changed), ...frame.subarray(encodeHeader(header).length));
    expect(openFrame(seal, changed, bytes)).toBe("forged");
  });
}

test("a frame of another cluster key is forged, a cut one too", () => {
  const stranger = createAesGcmSeal(new Map([[1, new Uint8Array(32).fill(8)]]), 1);
  expect(openFrame(stranger, header, frame)).toBe("forged");
  for (let length = encodeHeader(header).length; length < frame.length; length++) {
    expect(openFrame(seal, header, frame.subarray(0, length))).toBe("forged");
  }
});

test("a second key id opens old frames while new ones are sealed with the first", () => {
  const rotating = createAesGcmSeal(
    new Map([
      [1, key],
      [2, new Uint8Array(32).fill(9)],
    ]),
    2,
  );
  expect(rotating.keyId).toBe(2);
  expect(openFrame(rotating, header, frame)).toMatchObject({ kind: "delta" });
});

test("nonces differ between channels and between numbers that differ in either half", () => {
  const headers: FrameHeader[] = [
    { ...header, sequence: 1 },
    { ...header, sequence: 2 },
    { ...header, sequence: 1 + 2 ** 32 },
    { ...header, sequence: 1, kind: "hello" },
  ];
  expect(new Set(headers.map((h) => nonceOf(h).toHex())).size).toBe(headers.length);
  expect(nonceOf({ ...header, kind: "hello", sequence: 2 ** 32 + 2 }).toHex()).toBe(
    "000000010000000100000002",
  );
});

test("a cluster key that is too short is refused", () => {
  expect(() => createAesGcmSeal(new Map([[1, new Uint8Array(31)]]), 1)).toThrow("invariant");
});
