/** ICMP errors that came to the core: about a connection, about a tunnel's packet, about a connection that is not known; and what is refused outright. */
import type { Upcall } from "../../dataplane/dataplane.ts";
import { createParsedPacket, parseEmbedded, parseIp } from "../../packet/parse.ts";
import { decrementTtl } from "../../rewrite/direct-route.ts";
import { translateIcmpError } from "../../rewrite/icmp-error.ts";
import { directionOf, indexOf } from "../table/flow-index.ts";
import { type CoreParts, createVerdicts, type Decision, type Handlers, type Opener } from "./context.ts";
import { createTunnelErrors } from "./icmp-about-tunnel.ts";
import type { Course } from "./outlet.ts";
import { parseFlow } from "./parse-flow.ts";
import { createUnmatched } from "./unmatched.ts";

/** Linux translates every error but this one of IPv4 (`ip_vs_out_icmp`): it goes the host's way. */
const PARAMETER_PROBLEM = 12;

/** Handlers of what is, or is answered by, an ICMP error. `open` makes the connection that an error may be the first sign of. */
export function createIcmpErrors(
  context: CoreParts,
  open: Opener,
): Handlers<"icmp_related" | "icmp_about_tunnel" | "icmp_about_unknown" | "unmatched_refused"> {
  const { table } = context.connections;
  const unmatched = createUnmatched(context);
  const { outlet } = context;
  const { drop, send } = createVerdicts();
  const p = createParsedPacket();
  const course: Course = { family: 4, index: -1, direction: 0 };

  function parse(upcall: Upcall): boolean {
    p.family = upcall.family;
    return parseIp(p, upcall.packet, upcall.packetBytes) && parseEmbedded(p, upcall.packet);
  }

  function related(upcall: Upcall): Decision {
    if (!parse(upcall)) return drop("core_malformed");
    const node = table.find(p.family, p.key);
    return node < 0 ? drop("core_icmp_unrelated") : relay(upcall, indexOf(node), directionOf(node));
  }

  /** An error from the server's side becomes one from the virtual address; one from the client's side goes on to the server. */
  function relay(upcall: Upcall, index: number, direction: number): Decision {
    const { packet } = upcall;
    if (p.family === 4 && packet[p.transportAt] === PARAMETER_PROBLEM)
      return send("left_to_host", "host", -1);
    if (p.ttl <= 1) return drop("core_ttl_exceeded");
    course.family = p.family;
    course.index = index;
    course.direction = direction;
    decrementTtl(packet, p.family);
    for (const end of outlet.ends(course)) translateIcmpError(p, packet, end);
    outlet.count(course, p.totalBytes);
    return outlet.send(course, packet, p.totalBytes, 0) ? drop("icmp_translated") : drop("core_unroutable");
  }

  /** The connection that the embedded packet would have belonged to. */
  function unknown(upcall: Upcall, now: number): Readonly<Decision> {
    if (!parse(upcall)) return drop("core_malformed");
    const opened = open(p, upcall, now);
    return opened.inject === "flow" ? related(upcall) : opened;
  }

  /** A real server's packet of no connection. */
  function refuse(upcall: Upcall, now: number): Decision {
    if (!parseFlow(p, upcall)) return drop("core_malformed");
    unmatched.refuse(p, upcall, now);
    return drop("refused");
  }

  return {
    icmp_related: related,
    icmp_about_tunnel: createTunnelErrors(context),
    icmp_about_unknown: unknown,
    unmatched_refused: refuse,
  };
}
