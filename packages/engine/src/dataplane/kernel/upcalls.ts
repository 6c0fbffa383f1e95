/** Entries of the two rings → `Upcall` and `StateEvent`, each one object that is filled again and again. */
import { EVENT, EVENT_IPV6, UPCALL } from "../../core/layout.ts";
import type { StateEvent, Upcall } from "../dataplane.ts";
import type { Ring } from "./ring.ts";

const MAX_PACKET_BYTES = 65_536;

/** Hand waiting upcalls to `handle`. The packet is a copy, so that the core may translate it in place. Never throws unless `handle` does. */
export function createUpcallReader(ring: Ring): (limit: number, handle: (upcall: Upcall) => void) => number {
  const packet = new Uint8Array(MAX_PACKET_BYTES);
  const upcall: Upcall = {
    ifindex: 0,
    reason: 0,
    family: 4,
    packet,
    packetBytes: 0,
    gsoSize: 0,
    gsoSegments: 1,
    mark: 0,
    mtu: 0,
  };
  const { data } = ring;
  let handler: (upcall: Upcall) => void = () => {};

  function visit(at: number): void {
    upcall.ifindex = data.readUInt32LE(at + UPCALL.ifindex);
    upcall.packetBytes = data.readUInt32LE(at + UPCALL.packetBytes);
    upcall.gsoSize = data.readUInt16LE(at + UPCALL.gsoSize);
    upcall.gsoSegments = data.readUInt16LE(at + UPCALL.gsoSegments);
    upcall.reason = data[at + UPCALL.reason]!;
    upcall.family = data[at + UPCALL.family] === 6 ? 6 : 4;
    upcall.mark = data.readUInt32LE(at + UPCALL.mark);
    upcall.mtu = data.readUInt32LE(at + UPCALL.mtu);
    data.copy(packet, 0, at + UPCALL.size, at + UPCALL.size + upcall.packetBytes);
    handler(upcall);
  }

  return (limit, handle) => {
    handler = handle;
    return ring.drain(limit, visit);
  };
}

/** Hand waiting state events to `handle`. Never throws unless `handle` does. */
export function createEventReader(
  ring: Ring,
): (limit: number, handle: (event: StateEvent) => void) => number {
  const event: StateEvent = { family: 4, index: 0, generation: 0, before: 0, after: 0 };
  const { data } = ring;
  let handler: (event: StateEvent) => void = () => {};

  function visit(at: number): void {
    const familyIndex = data.readUInt32LE(at + EVENT.familyIndex * 4);
    event.family = familyIndex >= EVENT_IPV6 ? 6 : 4;
    event.index = familyIndex & ~EVENT_IPV6;
    event.generation = data.readUInt32LE(at + EVENT.generation * 4);
    event.before = data.readUInt32LE(at + EVENT.before * 4);
    event.after = data.readUInt32LE(at + EVENT.after * 4);
    handler(event);
  }

  return (limit, handle) => {
    handler = handle;
    return ring.drain(limit, visit);
  };
}
