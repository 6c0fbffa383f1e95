/** Packets of connections that the core watches: a helper reads them, or they are the last of a connection that is to end aloud. */
import { createParsedPacket } from "../../packet/parse.ts";
import { createFtp } from "../ftp/ftp.ts";
import { DIRECTION, RECORD } from "../layout.ts";
import { startsAnew } from "../packet-event.ts";
import { readField } from "../record.ts";
import type { Service } from "../services/service.ts";
import { directionOf, indexOf } from "../table/flow-index.ts";
import { type CoreContext, createVerdicts, type Decision, type Handler, type Handlers } from "./context.ts";
import { parseFlow } from "./parse-flow.ts";
import { createReset, type Last } from "./reset.ts";

/** Reads, and may change, a packet of a connection to a service that names it. The result is reused. */
type Helper = (last: Last, now: number) => Readonly<Decision>;

/** The handler of `watched`; `reopen` is that of a packet that asks for a new connection in the place of one that is there. */
export function createWatched(context: CoreContext, reopen: Handler): Handlers<"watched"> {
  const { connections, services } = context;
  const { table } = connections;
  const { drop, send } = createVerdicts();
  const reset = createReset(context);
  const helpers: Readonly<Record<NonNullable<Service["record"]["helper"]>, Helper>> = {
    ftp: createFtp(context),
  };
  const p = createParsedPacket();

  const helperOf = (family: 4 | 6, index: number): Helper | undefined => {
    const service = services.service(readField(table.records[family], index, RECORD.serviceId));
    return service?.record.helper && helpers[service.record.helper];
  };

  return {
    watched(upcall, now) {
      if (!parseFlow(p, upcall)) return drop("core_malformed");
      const node = table.find(p.family, p.key);
      if (node < 0) return drop("no_service");
      const last: Last = { p, upcall, index: indexOf(node), direction: directionOf(node) };
      if (connections.isDoomed(p.family, last.index)) return reset(last, now);
      if (last.direction !== DIRECTION.output && startsAnew(p)) return reopen(upcall, now);
      return helperOf(p.family, last.index)?.(last, now) ?? send("helper_rewritten", "flow", last.index);
    },
  };
}
