import { expect, test } from "vitest";
import type { Upcall } from "../../dataplane/dataplane.ts";
import { type FragmentFields, parseFragment } from "../../packet/fragment.ts";
import { createParsedPacket, parseIp } from "../../packet/parse.ts";
import { buildPacket } from "../../packet/testing.ts";
import { buildFragments } from "../../packet/testing-cut.ts";
import { createFragmentTable } from "./fragment-table.ts";

const limits = { packets: 4, heldBytes: 3000, lifeTicks: 100 };

function fragment(id: number) {
  const ends = { from: "198.51.100.7", fromPort: 1, to: "192.0.2.1", toPort: 2 };
  const packet = buildFragments(
    buildPacket({ protocol: "udp", ...ends, payload: "x".repeat(1400) }),
    800,
    id,
  )[1]!;
  const p = createParsedPacket();
  const fields: FragmentFields = { id: 0, offsetBytes: 0, hasMore: false };
  parseIp(p, packet, packet.length);
  parseFragment(p, packet, fields);
  const upcall: Upcall = {
    ifindex: 1,
    reason: 4,
    family: 4,
    packet,
    packetBytes: packet.length,
    gsoSize: 0,
    gsoSegments: 1,
    mark: 0,
    mtu: 0,
  };
  return { p, fields, upcall };
}

test("fragments of one packet find the same entry, those of others another", () => {
  const table = createFragmentTable(limits);
  const [a, b] = [fragment(1), fragment(2)];
  const found = table.find(a.p, a.fields, 0);
  expect(table.find(a.p, a.fields, 99)).toBe(found);
  expect(table.find(b.p, b.fields, 0)).not.toBe(found);
});

test("the table keeps as many packets as it may, and forgets the oldest first", () => {
  const table = createFragmentTable(limits);
  const all = [1, 2, 3, 4, 5].map(fragment);
  const entries = all.map(({ p, fields }) => table.find(p, fields, 0));
  expect(table.size).toBe(4);
  expect(table.find(all[4]!.p, all[4]!.fields, 0)).toBe(entries[4]);
  expect(table.find(all[0]!.p, all[0]!.fields, 0)).not.toBe(entries[0]);
});

test("the table forgets what is too old, and what it held", () => {
  const table = createFragmentTable(limits);
  const { p, fields, upcall } = fragment(1);
  const entry = table.find(p, fields, 2 ** 32 - 50);
  expect(table.hold(entry, upcall)).toBe(true);
  expect(table.find(p, fields, 49)).toBe(entry);
  expect(table.find(p, fields, 50)).not.toBe(entry);
  expect(table.heldBytes).toBe(0);
});

test("the table holds as many bytes as it may: copies, given back when they are released", () => {
  const table = createFragmentTable(limits);
  const { p, fields, upcall } = fragment(1);
  const entry = table.find(p, fields, 0);
  const held = [1, 2, 3, 4, 5].map(() => table.hold(entry, upcall)).filter(Boolean).length;
  expect(held).toBe(Math.floor(limits.heldBytes / upcall.packetBytes));
  upcall.packet.fill(0);
  const released = table.release(entry);
  expect(released).toHaveLength(held);
  expect(released[0]!.packet[0]).toBe(0x45);
  expect(table.heldBytes).toBe(0);
});
