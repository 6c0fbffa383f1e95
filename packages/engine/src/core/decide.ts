/** The core's answer to an upcall: the table at the end of docs/packet-path.md, put together from its parts. */
import type { Upcall } from "../dataplane/dataplane.ts";
import { foldSum, sumWords } from "../packet/checksum.ts";
import { createParsedPacket } from "../packet/parse.ts";
import { type CoreContext, createVerdicts, type Handler } from "./context.ts";
import { createExpected } from "./expected.ts";
import { indexOf } from "./flow-index.ts";
import { createFragments } from "./fragments.ts";
import { createIcmpErrors } from "./icmp-errors.ts";
import { createOversize } from "./oversize.ts";
import { parseFlow } from "./parse-flow.ts";
import { createReuse } from "./reuse.ts";
import { createOpener } from "./schedule.ts";
import { REASON_SLOTS, REASONS, type Reason } from "./verdict.ts";
import { createWatched } from "./watched.ts";

/** Decide the fate of upcalls. The result is reused. Never throws. */
export function createDecider(context: CoreContext): Handler {
  const { drop } = createVerdicts();
  const open = createOpener(context);
  const reuse = createReuse(context, open);
  const byReason = new Array<Handler | undefined>(REASON_SLOTS);
  const parts: readonly Partial<Record<Reason, Handler>>[] = [
    unroutable(),
    { fib_no_neighbour: createUnresolved(context) },
    reuse,
    createExpected(context),
    createWatched(context, reuse.syn_on_flow!),
    createIcmpErrors(context, open),
    createOversize(context),
    createFragments(context, open),
  ];
  for (const part of parts)
    for (const [reason, handler] of Object.entries(part))
      byReason[REASONS[reason as Reason].number] = handler;
  return (upcall, now) => {
    if (!isIntact(upcall)) return drop("core_malformed");
    return byReason[upcall.reason]?.(upcall, now) ?? drop("core_malformed");
  };
}

/** Whether the IPv4 header, which fits, has the checksum that it says: no connection is made for one that a bit was lost of. */
function isIntact({ family, packet }: Upcall): boolean {
  return family === 6 || foldSum(sumWords(packet, 0, (packet[0]! & 15) * 4)) === 0xffff;
}

/** What no part answers better: a route lookup that failed. */
function unroutable(): Partial<Record<Reason, Handler>> {
  const { drop } = createVerdicts();
  const reasons = (Object.keys(REASONS) as Reason[]).filter((reason) => reason.startsWith("fib_"));
  return Object.fromEntries(reasons.map((reason) => [reason, () => drop("core_unroutable")]));
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
