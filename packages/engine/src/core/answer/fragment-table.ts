/** Packets that come in fragments, by what names them (RFC 791 §3.2, RFC 8200 §4.5): bounded in number, in held bytes and in time. */
import type { Upcall } from "../../dataplane/dataplane.ts";
import type { FragmentFields } from "../../packet/fragment.ts";
import { FLOW_PORTS, FLOW_WORDS, type ParsedPacket } from "../../packet/parse.ts";
import { createWordMap } from "../word-map.ts";
import { type Coverage, createCoverage } from "./coverage.ts";
import type { Course } from "./outlet.ts";

/** What becomes of a packet's fragments. `generation` is the record's when that was decided: another one is another connection. */
export type Fate =
  | { readonly kind: "drop" }
  | { readonly kind: "host" }
  | { readonly kind: "follow"; readonly course: Course; readonly generation: number };

/** One packet, of which some fragments have come. */
export interface FragmentedPacket {
  readonly key: Uint32Array;
  readonly bornAt: number;
  readonly coverage: Coverage;
  /** Undefined until the first fragment has told. */
  fate: Fate | undefined;
  /** Those that wait for that, in the order of their arrival: copies. */
  held: Upcall[];
  /** The longest fragment, from its IP header on. */
  longestBytes: number;
}

/** How many and how much at most. The life of a packet in pieces is the kernel's (Linux `ipfrag_time`). */
export interface FragmentLimits {
  readonly packets: number;
  readonly heldBytes: number;
  readonly lifeTicks: number;
}
export const FRAGMENT_LIMITS: FragmentLimits = {
  packets: 4096,
  heldBytes: 1 << 20,
  lifeTicks: 28_610, // 30 s
};

/** Packets in pieces; one thread owns them. */
export interface FragmentTable {
  readonly size: number;
  readonly heldBytes: number;
  /** The packet that a fragment belongs to; a new one takes the oldest one's place if there are too many. `p` and `fields` are parsed. */
  find(p: ParsedPacket, fields: FragmentFields, now: number): FragmentedPacket;
  /** Keep a copy of a fragment until its packet's fate is known. Returns false if there is no room. */
  hold(packet: FragmentedPacket, upcall: Upcall): boolean;
  /** Take what is held of a packet. */
  release(packet: FragmentedPacket): Upcall[];
  forget(packet: FragmentedPacket): void;
}

/** A flow key without ports, and the identification. */
const KEY_WORDS = FLOW_WORDS + 1;

/** An empty table. */
export function createFragmentTable(limits: FragmentLimits): FragmentTable {
  const packets = createWordMap<FragmentedPacket>(KEY_WORDS);
  const byAge = new Set<FragmentedPacket>(); // oldest first
  const key = new Uint32Array(KEY_WORDS);
  let heldBytes = 0;

  function setKey(p: ParsedPacket, id: number): void {
    key.fill(0);
    key.set(p.key.subarray(0, FLOW_KEY_WORDS[p.family]));
    key[FLOW_PORTS[p.family]] = 0;
    key[FLOW_WORDS] = id;
  }

  function release(packet: FragmentedPacket): Upcall[] {
    const { held } = packet;
    packet.held = [];
    for (const { packetBytes } of held) heldBytes -= packetBytes;
    return held;
  }

  function forget(packet: FragmentedPacket): void {
    release(packet);
    byAge.delete(packet);
    packets.delete(packet.key);
  }

  function makeRoom(now: number): void {
    for (const packet of byAge) {
      const isOld = (now - packet.bornAt) >>> 0 >= limits.lifeTicks;
      if (!isOld && byAge.size < limits.packets) return;
      forget(packet);
    }
  }

  return {
    get size() {
      return byAge.size;
    },
    get heldBytes() {
      return heldBytes;
    },
    find(p, { id }, now) {
      makeRoom(now);
      setKey(p, id);
      const known = packets.get(key);
      if (known) return known;
      const packet: FragmentedPacket = {
        key: key.slice(),
        bornAt: now,
        coverage: createCoverage(),
        fate: undefined,
        held: [],
        longestBytes: 0,
      };
      packets.set(key, packet);
      byAge.add(packet);
      return packet;
    },
    hold(packet, upcall) {
      if (heldBytes + upcall.packetBytes > limits.heldBytes) return false;
      heldBytes += upcall.packetBytes;
      packet.held.push({ ...upcall, packet: upcall.packet.slice(0, upcall.packetBytes) });
      return true;
    },
    release,
    forget,
  };
}

const FLOW_KEY_WORDS = { 4: FLOW_PORTS[4] + 2, 6: FLOW_PORTS[6] + 2 } as const;
