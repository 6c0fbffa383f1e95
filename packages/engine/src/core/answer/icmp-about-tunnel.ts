/** ICMP errors about a packet that a tunnel wrapped: the client is told of its own packet, as if there were no tunnel (RFC 2003 §4, RFC 2473 §8). */
import {
  createParsedPacket,
  FLOW_PORTS,
  isTransport,
  type ParsedPacket,
  parseIp,
} from "../../packet/parse.ts";
import { parseTunnelled } from "../../packet/tunnelled.ts";
import { readNetwork16, readWord32 } from "../../packet/words.ts";
import { ICMP_MESSAGES } from "../../rewrite/icmp-build.ts";
import { ADDRESS_WORDS, DIRECTION } from "../layout.ts";
import { indexOf } from "../table/flow-index.ts";
import { type CoreParts, createVerdicts, type Handler } from "./context.ts";
import type { IcmpNews } from "./icmp-sender.ts";
import type { Course } from "./outlet.ts";

/** What no link may have less of (RFC 791 §3.2, RFC 8200 §5). */
export const LEAST_MTU_BYTES = { 4: 68, 6: 1280 } as const;

/** The errors that are relayed, by type; what is not here is the director's own business. */
const RELAYED = { 4: { unreachable: 3, timeExceeded: 11 }, 6: { unreachable: 1, timeExceeded: 3 } } as const;

/** The handler of errors about tunnels' packets. */
export function createTunnelErrors(context: CoreParts): Handler {
  const { outlet } = context;
  const { table } = context.connections;
  const { drop } = createVerdicts();
  const p = createParsedPacket();
  const inner = createParsedPacket();
  const course: Course = { family: 4, index: -1, direction: DIRECTION.input };

  /** What the tunnel adds to packets of the connection that the wrapped packet belongs to; 0 or less if there is none. */
  function findOverhead(packet: Uint8Array): number {
    if (!isTransport(inner.embeddedProtocol) || inner.embeddedTransportAt + 4 > p.totalBytes) return 0;
    turnBack(inner, packet);
    const node = table.find(inner.family, inner.key);
    if (node < 0) return 0;
    course.family = inner.family;
    course.index = indexOf(node);
    return outlet.overhead(course);
  }

  return (upcall, now) => {
    const { packet } = upcall;
    p.family = upcall.family;
    if (!parseIp(p, packet, upcall.packetBytes) || !parseTunnelled(p, inner, packet))
      return drop("core_malformed");
    const overhead = findOverhead(packet);
    const about = packet.subarray(inner.embeddedAt, p.totalBytes);
    const news = overhead > 0 ? newsOf(p, packet, { family: inner.family, overhead }) : undefined;
    if (!news) return drop("core_icmp_unrelated");
    if (news.mtu > 0 && mayBeCut(about)) return drop("core_too_big"); // the tunnel's packet was cut on its way
    const offending = { family: inner.family, packet: about, packetBytes: about.length };
    return drop(context.icmp.tell(offending, news, now) ? "icmp_translated" : "core_icmp_unrelated");
  };
}

/** What the client is to be told; undefined: nothing. */
function newsOf(
  p: ParsedPacket,
  packet: Uint8Array,
  inside: { family: 4 | 6; overhead: number },
): IcmpNews | undefined {
  const at = p.transportAt;
  const [type, code] = [packet[at]!, packet[at + 1]!];
  const tooBig = ICMP_MESSAGES.tooBig[p.family];
  if (type === tooBig.type && (p.family === 6 || code === tooBig.code)) {
    const mtu = readNetwork16(packet, at + 6) - inside.overhead;
    return {
      message: ICMP_MESSAGES.tooBig[inside.family],
      mtu: Math.max(mtu, LEAST_MTU_BYTES[inside.family]),
    };
  }
  const { unreachable, timeExceeded } = RELAYED[p.family];
  if (type === timeExceeded) return { message: ICMP_MESSAGES.timeExceeded[inside.family], mtu: 0 };
  if (type !== unreachable) return undefined;
  const isSame = p.family === inside.family;
  return { message: isSame ? { type, code } : ICMP_MESSAGES.hostUnreachable[inside.family], mtu: 0 };
}

/** Whether a quoted packet may be fragmented: IPv4 without "do not fragment". */
const mayBeCut = (quote: Uint8Array): boolean => quote[0]! >>> 4 === 4 && (quote[6]! & 0x40) === 0;

/** Make the key of a quoted packet, reversed and without ports, that of the packet itself. */
function turnBack(quoted: ParsedPacket, packet: Uint8Array): void {
  const { family, key } = quoted;
  const words = ADDRESS_WORDS[family];
  for (let i = 0; i < words; i++) {
    const source = key[words + i]!;
    key[words + i] = key[i]!;
    key[i] = source;
  }
  key[FLOW_PORTS[family]] = readWord32(packet, quoted.embeddedTransportAt);
}
