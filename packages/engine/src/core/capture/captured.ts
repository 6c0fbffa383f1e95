/** What a capture shows of a packet, and which packets it shows. */
import type { Family } from "@tandem/model";
import type { Reason } from "../verdict.ts";

/** A client, its address of 4 or 16 bytes; port 0 is any. */
type Client = { readonly address: Uint8Array; readonly port: number };

/** Which packets are shown: those that all of this is true of. */
export interface CaptureFilter {
  /** Id of a service, whose connections' packets count as well as those that have none. Any, and none, if absent. */
  readonly service?: number;
  readonly client?: Client;
  /** What was decided. What is neither IPv4 nor IPv6 is never shown: `not_ip` finds nothing. */
  readonly reasons: ReadonlySet<Reason>;
}

/** Reasons that have nothing to do with a load balancer: a capture of them over the network would show itself. */
export const UNRELATED: ReadonlySet<Reason> = new Set(["other_host", "not_ip", "not_ours"]);

/** A packet as it came in, with the decision taken on it. Reused where a handler is given it: valid until that returns. */
export interface Captured {
  /** When it came in, or when the core decided, by the clock of the wall: milliseconds since 1970, with fractions. */
  timeMs: number;
  /** Interface that it came in by. */
  ifindex: number;
  /** Never one that hands it to the core, but `fragment_held`, of which the core has not decided more yet. */
  reason: Reason;
  family: Family;
  /** Ids of its service and destination; 0: none, or not known. */
  service: number;
  destination: number;
  /** Who has sent it, as far as its connection or its service says so. */
  from: "client" | "server" | undefined;
  /** The client of its connection; else who has sent it, but of a server's packet without one: who is to get it. Port 0 where it has none. An array of its own, never reused. */
  client: Uint8Array;
  clientPort: number;
  /** Length of the whole packet, from its IP header on. */
  packetBytes: number;
  /** Its first bytes, from the IP header on: at most `CAPTURED_BYTES`. */
  bytes: Uint8Array;
}

/** A copy of one for whoever looks. */
export interface CapturedPacket extends Captured {
  /** Who has decided. */
  readonly path: "fast" | "core";
  /** Name of the interface; empty if that is gone. */
  readonly interface: string;
}

/** Whether a filter lets a packet be shown. */
export function isShown({ service, client, reasons }: CaptureFilter, packet: Captured): boolean {
  if (!reasons.has(packet.reason)) return false;
  if (service !== undefined && service !== packet.service) return false;
  return client === undefined || isClient(client, packet);
}

const isClient = ({ address, port }: Client, packet: Captured): boolean =>
  (port === 0 || port === packet.clientPort) && isSameAddress(address, packet.client);

/** One filter that shows whatever any of these does, and little else: undefined if there is none. */
export function widestFilter(filters: readonly CaptureFilter[]): CaptureFilter | undefined {
  const [first, ...others] = filters;
  if (!first || others.length === 0) return first;
  const { service } = first;
  const client = widestClient(filters.map((f) => f.client));
  return {
    reasons: new Set(filters.flatMap((f) => [...f.reasons])),
    ...(service !== undefined && others.every((f) => f.service === service) && { service }),
    ...(client && { client }),
  };
}

/** Of one address, from whichever port if there are several; undefined, which is any, where the addresses differ. */
function widestClient([first, ...others]: readonly (Client | undefined)[]): Client | undefined {
  if (!first || !others.every((c) => c && isSameAddress(c.address, first.address))) return undefined;
  return others.every((c) => c?.port === first.port) ? first : { ...first, port: 0 };
}

const isSameAddress = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, i) => byte === other[i]);
