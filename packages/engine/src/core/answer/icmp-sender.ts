/** ICMP errors that this director sends in its own right, limited as a whole: 1,000 a second, in bursts of 100 (Linux `icmp_msgs_per_sec` and `icmp_msgs_burst`). */
import type { DataPlane, Injected } from "../../dataplane/dataplane.ts";
import {
  buildIcmpError,
  ICMP_ERROR_BYTES,
  ICMP_MESSAGES,
  type IcmpMessage,
  mayAnswer,
} from "../../rewrite/icmp-build.ts";
import { createTokenBucket } from "./token-bucket.ts";

const PER_SECOND = 1000;
const BURST = 100;

/** The packet that an error is about, from its IP header on. */
export type Offending = Pick<Injected, "family" | "packet" | "packetBytes">;

/** What to tell. */
export interface IcmpNews {
  readonly message: IcmpMessage;
  /** Next-hop MTU in bytes; 0 if the message has none. */
  readonly mtu: number;
}

/** Tells senders what became of their packets. Nothing here throws. */
export interface IcmpSender {
  /**
   * Queue an error about a packet whose IP header fits. It comes from where the packet was going, unless `source` says otherwise.
   *
   * @returns whether one goes out: not if the limit is reached, or if RFC 1122 §3.2.2 forbids it
   */
  tell(about: Offending, news: IcmpNews, now: number, source?: Uint8Array): boolean;
  /** Port unreachable: nobody serves what the packet asks for, whatever its transport protocol. */
  refuse(about: Offending, now: number, source?: Uint8Array): boolean;
}

/** A sender that queues into a data plane. */
export function createIcmpSender(dataplane: Pick<DataPlane, "inject">): IcmpSender {
  const bucket = createTokenBucket(PER_SECOND, BURST);
  const out = new Uint8Array(ICMP_ERROR_BYTES[6]);
  const error: Injected = { family: 4, packet: out, packetBytes: 0, gsoSize: 0, gsoSegments: 1 };

  function tell(about: Offending, news: IcmpNews, now: number, source = targetOf(about)): boolean {
    const { family, packet, packetBytes } = about;
    if (!mayAnswer(packet, family) || !bucket.take(now)) return false;
    const spec = { ...news.message, family, mtu: news.mtu, source };
    error.family = family;
    error.packetBytes = buildIcmpError(out, packet, packetBytes, spec);
    dataplane.inject("route", error, -1);
    return true;
  }

  return {
    tell,
    refuse: (about, now, source) =>
      tell(about, { message: ICMP_MESSAGES.portUnreachable[about.family], mtu: 0 }, now, source),
  };
}

const targetOf = ({ family, packet }: Offending): Uint8Array =>
  family === 4 ? packet.subarray(16, 20) : packet.subarray(24, 40);

/** Source address of a packet whose IP header fits: a view. */
export const senderOf = ({ family, packet }: Pick<Offending, "family" | "packet">): Uint8Array =>
  family === 4 ? packet.subarray(12, 16) : packet.subarray(8, 24);
