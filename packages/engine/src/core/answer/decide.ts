/** The core's answer to an upcall: the table at the end of docs/packet-path.md, put together from its parts. */
import type { Upcall } from "../../dataplane/dataplane.ts";
import { foldSum, sumWords } from "../../packet/checksum.ts";
import { createParsedPacket } from "../../packet/parse.ts";
import { createExpected } from "../open/expected.ts";
import { createReuse } from "../open/reuse.ts";
import { createOpener } from "../open/schedule.ts";
import { indexOf } from "../table/flow-index.ts";
import { REASON_SLOTS, REASONS, type Reason } from "../verdict.ts";
import { type CoreContext, type CoreParts, createVerdicts, type Handler, type Handlers } from "./context.ts";
import { createFragments } from "./fragments.ts";
import { createIcmpErrors } from "./icmp-errors.ts";
import { createOutlet } from "./outlet.ts";
import { createOversize } from "./oversize.ts";
import { parseFlow } from "./parse-flow.ts";
import { createWatched } from "./watched.ts";

/** Reasons for which the fast path hands packets to the core; `fragment_held` is the core's own word for one that it still has. */
type UpcallReason = {
  [R in Reason]: (typeof REASONS)[R]["verdict"] extends "upcall" ? R : never;
}[Exclude<Reason, "fragment_held">];

/** Decide the fate of upcalls. The result is reused. Never throws. */
export function createDecider(context: CoreContext): Handler {
  const { drop } = createVerdicts();
  const parts: CoreParts = { ...context, outlet: createOutlet(context) };
  const open = createOpener(parts);
  const reuse = createReuse(parts, open);
  const handlers: Handlers<UpcallReason> = {
    ...unroutable(),
    fib_no_neighbour: createUnresolved(parts),
    ...reuse,
    ...createExpected(parts),
    ...createWatched(parts, reuse.syn_on_flow),
    ...createIcmpErrors(parts, open),
    ...createOversize(parts),
    ...createFragments(parts, open),
  };
  const byReason = new Array<Handler | undefined>(REASON_SLOTS);
  for (const [reason, handler] of Object.entries(handlers))
    byReason[REASONS[reason as UpcallReason].number] = handler;
  return (upcall, now) => {
    if (!isIntact(upcall)) return drop("core_malformed");
    return byReason[upcall.reason]?.(upcall, now) ?? drop("core_malformed");
  };
}

/** Whether the IPv4 header, which fits, has the checksum that it says: no connection is made for one that a bit was lost of. */
function isIntact({ family, packet }: Upcall): boolean {
  return family === 6 || foldSum(sumWords(packet, 0, (packet[0]! & 15) * 4)) === 0xffff;
}

/** Route lookups that failed, and for which nothing better can be done. */
const UNROUTABLE = [
  "fib_blackhole",
  "fib_unreachable",
  "fib_prohibit",
  "fib_not_forwarded",
  "fib_forwarding_disabled",
  "fib_unsupported",
  "fib_failed",
] as const satisfies readonly Reason[];

function unroutable(): Handlers<(typeof UNROUTABLE)[number]> {
  const { drop } = createVerdicts();
  const handler: Handler = () => drop("core_unroutable");
  return Object.fromEntries(UNROUTABLE.map((reason) => [reason, handler])) as never;
}

/** Only XDP cannot send to a next hop that is not resolved: what is injected leaves by tc, where the kernel resolves it. */
function createUnresolved({ connections: { table } }: CoreContext): Handler {
  const { drop, send } = createVerdicts();
  const p = createParsedPacket();
  return (upcall) => {
    const known = parseFlow(p, upcall) ? table.find(p.family, p.key) : -1;
    return known < 0 ? drop("core_unroutable") : send("rejoined", "flow", indexOf(known));
  };
}
