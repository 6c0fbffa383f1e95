import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type ConnectionRecord,
  createConnectionRecord,
  decodeConnection,
  encodeConnection,
  MAX_ANNEX_BYTES,
  MAX_RECORD_BYTES,
  RecordFlag,
} from "./connection.ts";

const u16 = fc.nat(65535);
const u32 = fc.nat(0xffffffff);
const bytes16 = fc.uint8Array({ minLength: 16, maxLength: 16 });
const anyRecord: fc.Arbitrary<ConnectionRecord> = fc.record({
  family: fc.constantFrom(4, 6),
  ended: fc.boolean(),
  protocol: fc.constantFrom(0, 6, 17, 132),
  state: fc.nat(15),
  flags: fc.nat(15).map((n) => n << 4),
  client: bytes16,
  clientPort: u16,
  serviceId: u32,
  destinationId: u32,
  ageTicks: u32,
  virtualNamed: fc.boolean(),
  virtual: bytes16,
  virtualPort: u16,
  destinationPortNamed: fc.boolean(),
  destinationPort: u16,
  methodNamed: fc.boolean(),
  method: fc.nat(255),
  localNamed: fc.boolean(),
  local: bytes16,
  localPort: u16,
  annex: fc.uint8Array({ minLength: MAX_ANNEX_BYTES, maxLength: MAX_ANNEX_BYTES }),
  annexBytes: fc.oneof(fc.constant(0), fc.nat(MAX_ANNEX_BYTES)),
});

/** What a decoder can know: named fields only where named, addresses cut to their family. */
function visible(r: ConnectionRecord) {
  const size = r.family === 4 ? 4 : 16;
  return {
    ...r,
    client: [...r.client.subarray(0, size)],
    virtual: r.virtualNamed ? [...r.virtual.subarray(0, size)] : [],
    virtualPort: r.virtualNamed ? r.virtualPort : 0,
    destinationPort: r.destinationPortNamed ? r.destinationPort : 0,
    method: r.methodNamed ? r.method : 0,
    local: r.localNamed ? [...r.local.subarray(0, size)] : [],
    localPort: r.localNamed ? r.localPort : 0,
    annex: [...r.annex.subarray(0, r.annexBytes)],
  };
}

const encoded = (r: ConnectionRecord): Uint8Array => {
  const out = new Uint8Array(MAX_RECORD_BYTES);
  return out.slice(0, encodeConnection(out, 0, r));
};

test("connection record round-trips", () => {
  const into = createConnectionRecord();
  fc.assert(
    fc.property(anyRecord, (r) => {
      const wire = encoded(r);
      expect(decodeConnection(wire, 0, into)).toBe(wire.length);
      expect(visible(into)).toEqual(visible(r));
    }),
  );
});

test("connection record cut at any length is refused", () => {
  fc.assert(
    fc.property(anyRecord, (r) => {
      const wire = encoded(r);
      for (let length = 0; length < wire.length; length++) {
        expect(decodeConnection(wire.subarray(0, length), 0, createConnectionRecord())).toBe(-1);
      }
    }),
    { numRuns: 30 },
  );
});

test("random bytes are a record or refused, never an exception", () => {
  const into = createConnectionRecord();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (junk) => {
      const end = decodeConnection(junk, 0, into);
      expect(end === -1 || (end > 0 && end <= junk.length)).toBe(true);
    }),
  );
});

const unreadable: [string, string][] = [
  ["a bit of the state byte that means nothing", "8081c00002079cb001ac0205"],
  ["more that says nothing", "8041c00002079cb001ac020500"],
  ["more of a kind that nobody knows", "8041c00002079cb001ac020508"],
  ["more that ends early", "8041c00002079cb001ac020504"],
  ["an annex of no bytes", "8041c00002079cb001ac02050200"],
];
for (const [what, hex] of unreadable) {
  test(`connection record with ${what} is refused`, () => {
    expect(decodeConnection(Buffer.from(hex, "hex"), 0, createConnectionRecord())).toBe(-1);
  });
}

test("connection record of an ordinary IPv4 service has these bytes", () => {
  const r = createConnectionRecord();
  Object.assign(r, {
    state: 1,
    flags: RecordFlag.assured,
    clientPort: 40112,
    serviceId: 1,
    destinationId: 300,
    ageTicks: 5,
  });
  r.client.set([192, 0, 2, 7]);
  expect(Buffer.from(encoded(r)).toString("hex")).toBe("8001c00002079cb001ac0205");
});
