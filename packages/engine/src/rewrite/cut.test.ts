import { expect, test } from "vitest";
import { checksumOf, sumWords } from "../packet/checksum.ts";
import { buildPacket, type PacketSpec } from "../packet/testing.ts";
import { buildFragments } from "../packet/testing-cut.ts";
import { joinFragments } from "../packet/testing-join.ts";
import { readNetwork16, writeNetwork16, writeWord16 } from "../packet/words.ts";
import { cutPacket } from "./cut.ts";

const ends = {
  4: { from: "198.51.100.7", to: "192.0.2.1" },
  6: { from: "2001:db8:2::7", to: "2001:db8::1" },
} as const;

function datagram(family: 4 | 6, payloadBytes: number, more: Partial<PacketSpec> = {}): Uint8Array {
  const payload = Uint8Array.from({ length: payloadBytes }, (_, i) => i % 251);
  return buildPacket({
    protocol: "udp",
    ...ends[family],
    fromPort: 1,
    toPort: 2,
    fragment: 0,
    payload,
    ...more,
  });
}

function cut(packet: Uint8Array, mtuBytes: number, id = 77): Uint8Array[] | undefined {
  const out = new Uint8Array(65_535);
  const pieces: Uint8Array[] = [];
  const isCut = cutPacket(
    packet,
    packet.length,
    { mtuBytes, id },
    { out, emit: (n) => pieces.push(out.slice(0, n)) },
  );
  return isCut ? pieces : undefined;
}

for (const family of [4, 6] as const) {
  for (const mtu of [576, 1280, 1400, 1499, 1500]) {
    test(`IPv${family} pieces of ${mtu} bytes are the packet`, () => {
      const packet = datagram(family, 4000);
      const pieces = cut(packet, mtu)!;
      expect(pieces.length).toBeGreaterThan(2);
      for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(mtu);
      expect(joinFragments(pieces)).toEqual(packet);
    });

    test(`IPv${family} pieces of ${mtu} bytes of a fragment take its place`, () => {
      const packet = datagram(family, 4000);
      const fragments = buildFragments(packet, 1600);
      expect(joinFragments(fragments.flatMap((f) => cut(f, mtu)!))).toEqual(packet);
    });
  }

  test(`IPv${family} that fills its pieces has no empty one behind them`, () => {
    const [mtu, headerBytes, payloadBytes] = family === 4 ? [576, 20, 552] : [1280, 48, 1232];
    const pieces = cut(datagram(family, 2 * payloadBytes - 8), mtu)!;
    expect(pieces.map((p) => p.length)).toEqual([headerBytes + payloadBytes, headerBytes + payloadBytes]);
  });

  test(`IPv${family} is not cut where 8 bytes of payload do not fit`, () => {
    const headerBytes = family === 4 ? 20 : 48;
    expect(cut(datagram(family, 100), headerBytes + 7)).toBeUndefined();
    expect(cut(datagram(family, 100), headerBytes + 8)).toHaveLength(14);
  });
}

test("an IPv4 packet keeps its identification, and one without gets the one given", () => {
  const ids = (packet: Uint8Array) => new Set(cut(packet, 576)!.map((piece) => readNetwork16(piece, 4)));
  expect(ids(datagram(4, 2000, { id: 0x1234 }))).toEqual(new Set([0x1234]));
  expect(ids(datagram(4, 2000, { id: 0 }))).toEqual(new Set([77]));
});

test("IPv4 pieces may be cut on, and have right header checksums", () => {
  for (const piece of cut(datagram(4, 2000, { fragment: 0x4000 }), 576)!) {
    expect(readNetwork16(piece, 6) & 0x4000).toBe(0);
    expect(checksumOf(sumWords(piece, 0, 20))).toBe(0);
  }
});

/** A packet with a record route option (7), which belongs to the first fragment, and a loose source route (131), which belongs to all. */
function withOptions(): Uint8Array {
  const plain = datagram(4, 1000);
  const packet = new Uint8Array(plain.length + 8);
  packet.set(plain.subarray(0, 20));
  packet.set([7, 3, 4, 131, 3, 4, 1, 0], 20);
  packet.set(plain.subarray(20), 28);
  packet[0] = 0x47;
  writeNetwork16(packet, 2, packet.length);
  writeWord16(packet, 10, 0);
  writeWord16(packet, 10, checksumOf(sumWords(packet, 0, 28)));
  return packet;
}

test("IPv4 options are in all pieces only where RFC 791 says so", () => {
  const [first, ...later] = cut(withOptions(), 400)!;
  expect([...first!.subarray(20, 28)]).toEqual([7, 3, 4, 131, 3, 4, 1, 0]);
  for (const piece of later) expect([...piece.subarray(20, 28)]).toEqual([1, 1, 1, 131, 3, 4, 1, 0]);
});

test("IPv4 options whose length is nonsense do not hang the cutting", () => {
  for (const length of [0, 1, 255]) {
    const packet = withOptions();
    packet[21] = length;
    expect(cut(packet, 400)).toHaveLength(3);
  }
});
