/** Connections whose client is known but for its port: a helper has announced them, and the first packet tells the port. */
import type { Upcall } from "../../dataplane/dataplane.ts";
import { createParsedPacket, FLOW_PORTS } from "../../packet/parse.ts";
import { type CoreContext, createVerdicts, type Decision, type Handlers } from "../answer/context.ts";
import { parseFlow } from "../answer/parse-flow.ts";
import { LIFE, RECORD } from "../layout.ts";
import { readField } from "../record.ts";
import { indexOf } from "../table/flow-index.ts";

/** The handler of `expected`. */
export function createExpected({ connections }: CoreContext): Handlers<"expected"> {
  const { table } = connections;
  const { drop, send } = createVerdicts();
  const p = createParsedPacket();

  function expected(upcall: Upcall, now: number): Readonly<Decision> {
    if (!parseFlow(p, upcall)) return drop("core_malformed");
    const known = table.find(p.family, p.key);
    if (known >= 0) return send("rejoined", "flow", indexOf(known));
    const ports = p.key[FLOW_PORTS[p.family]]!;
    p.key[FLOW_PORTS[p.family]] = (ports & 0xffff_0000) >>> 0;
    const node = table.find(p.family, p.key);
    if (node < 0 || !isPortless(indexOf(node))) return drop("no_service");
    connections.meet(p.family, { index: indexOf(node), clientPorts: ports }, now);
    return send("rejoined", "flow", indexOf(node));
  }

  const isPortless = (index: number): boolean =>
    (readField(table.records[p.family], index, RECORD.life) & LIFE.noClientPort) !== 0;

  return { expected };
}
