/** One packet and the state that it meets, as plain values: what fixtures list and generators vary. */
import { METHOD_NUMBERS } from "@tandem/model";
import type { Captured, CaptureFilter } from "../../packages/engine/src/core/capture/captured.ts";
import {
  ADDRESS,
  ADDRESS_WORDS,
  FLOW_KEY,
  RECORD,
  RECORD_BYTES,
} from "../../packages/engine/src/core/layout.ts";
import { REASONS, type Reason, type Verdict } from "../../packages/engine/src/core/verdict.ts";
import { type Family, type Hook, PLACES, type PlaceName, type Side } from "./network.ts";
import { bytesOf, hex } from "./packets.ts";

export const STALE_PARTS = [
  "protocol",
  "client",
  "clientPort",
  "virtual",
  "virtualPort",
  "destination",
  "destinationPort",
  "local",
  "localPort",
] as const;
export type StalePart = (typeof STALE_PARTS)[number];

export const PROTOCOL_NUMBERS = { tcp: 6, udp: 17, sctp: 132 } as const;
export type Protocol = keyof typeof PROTOCOL_NUMBERS;

/** A connection in the table. Ports are numbers. */
export interface Connection {
  readonly protocol: Protocol;
  readonly method: keyof typeof METHOD_NUMBERS;
  /** The life word: state and flags. */
  readonly life: number;
  readonly generation: number;
  readonly client: PlaceName;
  readonly clientPort: number;
  /** The VIP if absent. */
  readonly virtual?: PlaceName;
  readonly virtualPort: number;
  readonly destination: PlaceName;
  readonly destinationPort: number;
  /** Of the destination: a tunnel's, or 0. */
  readonly destinationId?: number;
  /** Flow entries lead to the record, but this part of its own tuple is another's. */
  readonly stale?: StalePart;
}

/** What the policy is, where it is not the one that asks for nothing. */
export interface PolicyChoice {
  /** `POLICY_FLAG`. */
  readonly flags?: number;
  /** The rules of `configuration.ts` are in use. */
  readonly hasRules?: boolean;
  readonly budget?: number;
  /** What the client's prefix has used of its budget. */
  readonly spent?: number;
}

export interface Scenario {
  readonly family: Family;
  readonly hook: Hook;
  readonly side: Side;
  /** The frame is addressed to the director. */
  readonly isForHost: boolean;
  /** What the frame's EtherType says; 0 is ARP. */
  readonly etherFamily: Family | 0;
  /** Everything behind the Ethernet header. */
  readonly packet: Uint8Array;
  /** 0 but at tc. */
  readonly gsoSize: number;
  /** Firewall mark of the packet: 0 but at tc. */
  readonly mark: number;
  readonly connection?: Connection;
  readonly policy?: PolicyChoice;
}

/** A packet that was handed up. */
export interface HandedUp {
  /** In hex. */
  packet: string;
  mark: number;
  mtu: number;
}

/** All that can be seen of what an implementation did. */
export interface Outcome {
  verdict: Verdict;
  reason: Reason;
  /** Address asked for, in hex; empty if none was. */
  nextHop: string;
  /** The packet afterwards, in hex. */
  packet: string;
  /** The record's words afterwards, `lastSeen` left out. */
  record: number[];
  isStamped: boolean;
  events: { index: number; generation: number; before: number; after: number }[];
  upcalls: HandedUp[];
  /** What a capture of everything shows. */
  captured: Shown[];
}

/** A captured packet as both sides show it: no clock and no interface in common. */
export interface Shown extends Omit<Captured, "timeMs" | "ifindex" | "client" | "bytes"> {
  /** In hex. */
  client: string;
  bytes: string;
}

/** As a handler is told of it. */
export function shownOf({ timeMs: _, ifindex: __, client, bytes, ...same }: Captured): Shown {
  return { ...same, client: hex(client), bytes: hex(bytes) };
}

/** Shows all there is. */
export const CAPTURE_ALL: CaptureFilter = { reasons: new Set(Object.keys(REASONS) as Reason[]) };

export const VIRTUAL_PORT = 80;
export const SLOPPY_PORT = 81;
export const SERVER_PORT = 8080;
export const CLIENT_PORT = 40_000;
/** Full NAT's own end: the address of `host`. */
export const LOCAL_PORT = 2000;

/** Capacity of the table, and the record that a scenario's connection has. */
export const RECORDS = 8;
export const RECORD_INDEX = 5;
/** What `lastSeen` says before the packet comes. */
export const NEVER_SEEN = 1;

/** The bytes of a connection's record. */
export function encodeRecord(family: Family, c: Connection): Uint8Array {
  const bytes = Buffer.alloc(RECORD_BYTES[family]);
  const word = (field: number, value: number) => bytes.writeUInt32LE(value >>> 0, field * 4);
  word(RECORD.generation, c.generation);
  word(RECORD.life, c.life);
  const stale = (part: StalePart): number => (c.stale === part ? 1 : 0);
  const protocol = PROTOCOL_NUMBERS[c.protocol] ^ stale("protocol");
  word(RECORD.kind, protocol | (METHOD_NUMBERS[c.method] << 8) | (family << 16));
  word(RECORD.lastSeen, NEVER_SEEN);
  word(RECORD.destinationId, c.destinationId ?? 0);
  const port = (field: number, value: number) => bytes.writeUInt16BE(value, field);
  port(RECORD.clientPorts * 4, c.clientPort ^ stale("clientPort"));
  port(RECORD.clientPorts * 4 + 2, c.virtualPort ^ stale("virtualPort"));
  port(RECORD.serverPorts * 4, c.destinationPort ^ stale("destinationPort"));
  port(RECORD.serverPorts * 4 + 2, LOCAL_PORT ^ stale("localPort"));
  // The low halves are nearly full, so that the first packet carries into the high ones.
  for (const counter of [RECORD.inPackets, RECORD.inBytes, RECORD.outPackets, RECORD.outBytes]) {
    word(counter, 0xffff_ffff);
  }
  const place = (which: keyof typeof ADDRESS & StalePart, name: PlaceName) => {
    const address = bytesOf(PLACES[name][family]);
    address[address.length - 1]! ^= 2 * stale(which);
    bytes.set(address, (RECORD.addresses + ADDRESS[which] * ADDRESS_WORDS[family]) * 4);
  };
  place("client", c.client);
  place("virtual", c.virtual ?? "vip");
  place("destination", c.destination);
  place("local", "host");
  return bytes;
}

/** Keys of the flow entries of a connection: input, and output if it is translated. */
export function flowKeys(family: Family, c: Connection): Uint8Array[] {
  const client = { at: bytesOf(PLACES[c.client][family]), port: c.clientPort };
  const virtual = { at: bytesOf(PLACES[c.virtual ?? "vip"][family]), port: c.virtualPort };
  const server = { at: bytesOf(PLACES[c.destination][family]), port: c.destinationPort };
  const local = { at: bytesOf(PLACES.host[family]), port: LOCAL_PORT };
  const keys = [encodeFlowKey(family, c.protocol, client, virtual)];
  if (c.method === "masquerade") keys.push(encodeFlowKey(family, c.protocol, server, client));
  if (c.method === "full-nat") keys.push(encodeFlowKey(family, c.protocol, server, local));
  return keys;
}

interface FlowEnd {
  at: Uint8Array;
  port: number;
}

function encodeFlowKey(family: Family, protocol: Protocol, from: FlowEnd, to: FlowEnd): Uint8Array {
  const layout = FLOW_KEY[family];
  const key = Buffer.alloc(layout.size);
  key.set(from.at, layout.source);
  key.set(to.at, layout.destination);
  key.writeUInt16BE(from.port, layout.sourcePort);
  key.writeUInt16BE(to.port, layout.destinationPort);
  key[layout.protocol] = PROTOCOL_NUMBERS[protocol];
  return key;
}
