import { expect, test } from "vitest";
import { EVENT, EVENT_BYTES, EVENT_IPV6, UPCALL } from "../../core/layout.ts";
import { REASONS } from "../../core/verdict.ts";
import type { StateEvent, Upcall } from "../dataplane.ts";
import { createEventReader, createUpcallReader } from "./upcalls.ts";

/** A ring that holds these entries, one behind the other. */
function ringOf(...entries: readonly Uint8Array[]) {
  const data = Buffer.concat(entries);
  return {
    data,
    drain(limit: number, visit: (at: number, bytes: number) => void): number {
      let at = 0;
      for (const entry of entries.slice(0, limit)) {
        visit(at, entry.length);
        at += entry.length;
      }
      return Math.min(limit, entries.length);
    },
  };
}

function upcallEntry(family: number, packet: readonly number[]): Buffer {
  const entry = Buffer.concat([Buffer.alloc(UPCALL.size), Buffer.from(packet)]);
  entry.writeUInt32LE(7, UPCALL.ifindex);
  entry.writeUInt32LE(packet.length, UPCALL.packetBytes);
  entry.writeUInt16LE(1448, UPCALL.gsoSize);
  entry.writeUInt16LE(3, UPCALL.gsoSegments);
  entry[UPCALL.reason] = REASONS.fib_frag_needed.number;
  entry[UPCALL.family] = family;
  entry.writeUInt32LE(0xffff_fffe, UPCALL.mark);
  entry.writeUInt32LE(1400, UPCALL.mtu);
  return entry;
}

test("an upcall is read with its packet, field by field", () => {
  const read = createUpcallReader(ringOf(upcallEntry(4, [0x45, 1, 2]), upcallEntry(6, [0x60])));
  const seen: Omit<Upcall, "packet">[] = [];
  const packets: number[][] = [];
  const taken = read(9, ({ packet, ...rest }) => {
    seen.push(rest);
    packets.push([...packet.subarray(0, rest.packetBytes)]);
  });
  expect(taken).toBe(2);
  const common = { ifindex: 7, gsoSize: 1448, gsoSegments: 3, mark: 0xffff_fffe, mtu: 1400 };
  const reason = REASONS.fib_frag_needed.number;
  expect(seen).toEqual([
    { ...common, reason, family: 4, packetBytes: 3 },
    { ...common, reason, family: 6, packetBytes: 1 },
  ]);
  expect(packets).toEqual([[0x45, 1, 2], [0x60]]);
});

test("an upcall's packet may be changed without harm to the ring", () => {
  const ring = ringOf(upcallEntry(4, [0x45]));
  createUpcallReader(ring)(1, ({ packet }) => packet.fill(0, 0, 1));
  expect(ring.data[UPCALL.size]).toBe(0x45);
});

test("a state event is read, field by field", () => {
  const entry = Buffer.alloc(EVENT_BYTES);
  entry.writeUInt32LE((5 | EVENT_IPV6) >>> 0, EVENT.familyIndex * 4);
  entry.writeUInt32LE(9, EVENT.generation * 4);
  entry.writeUInt32LE(1, EVENT.before * 4);
  entry.writeUInt32LE(2, EVENT.after * 4);
  const seen: StateEvent[] = [];
  createEventReader(ringOf(entry))(1, (event) => seen.push({ ...event }));
  expect(seen).toEqual([{ family: 6, index: 5, generation: 9, before: 1, after: 2 }]);
});
