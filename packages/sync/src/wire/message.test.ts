import fc from "fast-check";
import { expect, test } from "vitest";
import { END_CODES, type EndReason } from "./call-message.ts";
import type { FrameHeader, Kind } from "./header.ts";
import { type Bodies, decodeBody, encodeBody, MAX_BUCKETS } from "./message.ts";

const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffffffff);
const u64 = fc.nat(Number.MAX_SAFE_INTEGER);
const id = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => bytes.toHex());
const blob = fc.uint8Array({ maxLength: 100 });
const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,32}$/);
const acknowledgement = fc.record({
  node: name,
  epoch: id,
  isLive: fc.boolean(),
  applied: u64,
  echoUs: u64,
  heldUs: u32,
});

const BODIES: { [K in Kind]: fc.Arbitrary<Bodies[K]> } = {
  delta: fc.record({ records: blob }),
  digest: fc.record({ buckets: fc.uint32Array({ maxLength: 40 }) }),
  hello: fc.record({
    isAckWanted: fc.boolean(),
    head: u64,
    acknowledgements: fc.array(acknowledgement, { maxLength: 4 }),
    presence: blob,
  }),
  snapshotRequest: fc.record({
    challenge: id,
    target: id,
    window: u16,
    buckets: fc.array(u16, { maxLength: 9 }),
  }),
  snapshotChunk: fc.record({
    challenge: id,
    base: u64,
    chunk: u32,
    isLast: fc.boolean(),
    isTableKept: fc.boolean(),
    records: blob,
  }),
  credit: fc.record({ challenge: id, next: u32, window: u16 }),
  replayRequest: fc.record({ target: id, first: u64, last: u64 }),
  replayGone: fc.record({ oldest: u64 }),
  callHail: fc.record({ call: id, timeoutMs: u32 }),
  callWelcome: fc.record({ call: id, challenge: id }),
  callPart: fc.record({
    call: id,
    challenge: id,
    number: u64,
    isMessageEnd: fc.boolean(),
    isLast: fc.boolean(),
    bytes: blob,
  }),
  callCredit: fc.record({ call: id, challenge: id, next: u64, window: u16 }),
  callEnd: fc.record({
    call: id,
    challenge: id,
    reason: fc.constantFrom(...(Object.keys(END_CODES) as EndReason[])),
  }),
};
const kinds = Object.keys(BODIES) as Kind[];
/** Kinds whose body ends with whatever is left. */
const NOTHING = new Uint8Array(0);
const OPEN_ENDED: readonly Kind[] = ["delta", "snapshotChunk", "callPart"];

function headerOf<K extends Kind>(kind: K, count = 0): FrameHeader & { kind: K } {
  return { kind, count, keyId: 0, revision: 0, sequence: 1, atUs: 0, epoch: "", node: "a" };
}
const countOf = (body: object): number => ("buckets" in body ? (body.buckets as Uint32Array).length : 0);

for (const kind of kinds) {
  test(`${kind} round-trips`, () => {
    fc.assert(
      fc.property(BODIES[kind] as fc.Arbitrary<Bodies[Kind]>, (body) => {
        expect(decodeBody(headerOf(kind, countOf(body)), encodeBody(kind, body))).toEqual(body);
      }),
    );
  });

  test(`${kind} cut at any length, or with a byte to spare, is refused`, () => {
    fc.assert(
      fc.property(BODIES[kind] as fc.Arbitrary<Bodies[Kind]>, (body) => {
        const bytes = encodeBody(kind, body);
        const header = headerOf(kind, countOf(body));
        const open = "records" in body ? body.records : "bytes" in body ? body.bytes : NOTHING;
        const fixed = bytes.length - open.length;
        for (let length = 0; length < fixed; length++) {
          expect(decodeBody(header, bytes.subarray(0, length))).toBeUndefined();
        }
        if (OPEN_ENDED.includes(kind)) return;
        expect(decodeBody(header, Uint8Array.of(...bytes, 0))).toBeUndefined();
      }),
      { numRuns: 30 },
    );
  });

  test(`random bytes are a ${kind} or refused, never an exception`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), u16, (junk, count) => {
        const body = decodeBody(headerOf(kind, count), junk);
        if (body) expect(encodeBody(kind, body).length).toBe(junk.length);
      }),
    );
  });
}

test("digest and snapshot request of more buckets than there can be are refused", () => {
  const many = MAX_BUCKETS + 1;
  expect(decodeBody(headerOf("digest", many), new Uint8Array(4 * many))).toBeUndefined();
  const buckets = Array.from({ length: many }, () => 0);
  const asked = { challenge: "00".repeat(16), target: "00".repeat(16), window: 1, buckets };
  expect(decodeBody(headerOf("snapshotRequest"), encodeBody("snapshotRequest", asked))).toBeUndefined();
});
