/** What comes from a real server's endpoint without a connection (docs/packet-path.md, point 8). */
import { FLOW_PORTS, type ParsedPacket } from "../../packet/parse.ts";
import { ADDRESS_WORDS } from "../layout.ts";
import { abortsConnection } from "../packet-event.ts";
import { hasOutput } from "../record.ts";
import type { Destination } from "../services/service.ts";
import type { CoreContext } from "./context.ts";
import { type Offending, senderOf } from "./icmp-sender.ts";

/** Packets of nobody's. `p` is their headers, down to transport. Nothing here throws. */
export interface Unmatched {
  /** Whether the source is the endpoint of a translated destination. */
  isFromServer(p: ParsedPacket): boolean;
  /** Tell the sender that nobody is there; a reset or an abort is no question. */
  refuse(p: ParsedPacket, packet: Offending, now: number): void;
}

/** Over a context. */
export function createUnmatched({ services, dataplane, icmp }: CoreContext): Unmatched {
  const isSource = (p: ParsedPacket, { address, port, method }: Destination): boolean =>
    hasOutput(method) &&
    port === (p.key[FLOW_PORTS[p.family]]! & 0xffff) &&
    address.length === ADDRESS_WORDS[p.family] &&
    address.every((word, i) => word === p.key[i]);

  return {
    isFromServer(p) {
      for (const { protocol, destinations } of services.services)
        if (protocol === p.protocol && destinations.some((d) => isSource(p, d))) return true;
      return false;
    },
    refuse(p, packet, now) {
      const source = abortsConnection(p) ? undefined : dataplane.sourceFor(senderOf(packet));
      if (source) icmp.refuse(packet, now, source);
    },
  };
}
