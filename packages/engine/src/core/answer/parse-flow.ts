import type { Upcall } from "../../dataplane/dataplane.ts";
import { isTransport, type ParsedPacket, parseIp, parseTransport } from "../../packet/parse.ts";

/** Parse an upcall's packet down to its transport header. Returns false if it is none that a connection can have. */
export function parseFlow(
  p: ParsedPacket,
  upcall: Pick<Upcall, "family" | "packet" | "packetBytes">,
): boolean {
  p.family = upcall.family;
  return (
    parseIp(p, upcall.packet, upcall.packetBytes) &&
    isTransport(p.protocol) &&
    parseTransport(p, upcall.packet)
  );
}
