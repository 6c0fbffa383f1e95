/** Which flow a packet is about, in the words of connection entries. */
import { formatAddress } from "@tandem/model";
import { readNetwork16 } from "../../packages/engine/src/packet/words.ts";
import type { Side } from "./testbed.ts";

/** Protocol and the client's end, `address:port`. */
export interface PacketFlow {
  readonly protocol: string;
  readonly client: string;
}

const PROTOCOLS: Readonly<Record<number, string>> = { 6: "TCP", 17: "UDP", 132: "SCTP" };
const ICMP_PROTOCOLS: ReadonlySet<number> = new Set([1, 58]);

/** The flow of a packet from a side; of an ICMP error, that of the packet in it. Undefined: none, or its ports are not there. */
export function flowOf(packet: Uint8Array, from: Side): PacketFlow | undefined {
  const isV4 = packet[0]! >>> 4 === 4;
  const protocol = packet[isV4 ? 9 : 6]!;
  const at = isV4 ? (packet[0]! & 15) * 4 : 40;
  if (ICMP_PROTOCOLS.has(protocol) && packet.length > at + 28)
    return flowOf(packet.subarray(at + 8), from === "client" ? "server" : "client");
  const name = PROTOCOLS[protocol];
  if (!name || packet.length < at + 4 || (isV4 && (readNetwork16(packet, 6) & 0x1fff) !== 0))
    return undefined;
  const isSource = from === "client";
  const address = isV4 ? (isSource ? [12, 16] : [16, 20]) : isSource ? [8, 24] : [24, 40];
  const port = readNetwork16(packet, at + (isSource ? 0 : 2));
  return { protocol: name, client: `${formatAddress(packet.subarray(...address))}:${port}` };
}
