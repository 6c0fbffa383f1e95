/** A packet that opens a connection and meets one that is there already: the same one once more, or a new one from the same port? (Linux 6.1 `ip_vs_in_hook`, `is_new_conn_expected`) */
import type { Upcall } from "../../dataplane/dataplane.ts";
import { createParsedPacket, IP_PROTOCOL } from "../../packet/parse.ts";
import { TcpState } from "../../protocols/tcp.ts";
import { PROTOCOLS } from "../../protocols/transitions.ts";
import {
  type CoreContext,
  createVerdicts,
  type Decision,
  type Handlers,
  type Opener,
} from "../answer/context.ts";
import { parseFlow } from "../answer/parse-flow.ts";
import { LIFE, RECORD } from "../layout.ts";
import { protocolOf, type RecordArray, readField, stateOf } from "../record.ts";
import { indexOf } from "../table/flow-index.ts";

/** Handlers of packets that open connections, or want to. */
export function createReuse(
  context: CoreContext,
  open: Opener,
): Handlers<"new_flow" | "mid_stream_sloppy" | "syn_on_flow"> {
  const { connections, services } = context;
  const { table } = connections;
  const { drop, send } = createVerdicts();
  const p = createParsedPacket();

  function newFlow(upcall: Upcall, now: number): Readonly<Decision> {
    if (!parseFlow(p, upcall)) return drop("core_malformed");
    const known = table.find(p.family, p.key);
    return known >= 0 ? send("rejoined", "flow", indexOf(known)) : open(p, upcall, now);
  }

  function synOnFlow(upcall: Upcall, now: number): Readonly<Decision> {
    if (!parseFlow(p, upcall)) return drop("core_malformed");
    const known = table.find(p.family, p.key);
    if (known < 0) return open(p, upcall, now);
    const index = indexOf(known);
    if (!isNew(table.records[p.family], index)) return send("rejoined", "flow", index);
    // the fast path does not ask for the mark of a packet whose flow it knows
    upcall.mark ||= readField(table.records[p.family], index, RECORD.mark);
    connections.close(p.family, index, now);
    return open(p, upcall, now);
  }

  function isNew(r: RecordArray, index: number): boolean {
    if (services.settings.rescheduleQuiesced && isQuiesced(r, index)) return true;
    const isControlled = readField(r, index, RECORD.controller) !== 0;
    return services.settings.reuse !== "never" && !isControlled && isOver(r, index);
  }

  function isQuiesced(r: RecordArray, index: number): boolean {
    return services.destination(readField(r, index, RECORD.destinationId))?.weight === 0;
  }

  function isOver(r: RecordArray, index: number): boolean {
    const [protocol, state] = [protocolOf(r, index), stateOf(r, index)];
    if (PROTOCOLS[protocol]?.reusableStates.has(state)) return true;
    const isHalfSeen = (readField(r, index, RECORD.life) & LIFE.noOutput) !== 0;
    const isClosing = protocol === IP_PROTOCOL.tcp && state === TcpState.finWait;
    return services.settings.reuse === "one-way" && isClosing && isHalfSeen;
  }

  return { new_flow: newFlow, mid_stream_sloppy: newFlow, syn_on_flow: synOnFlow };
}
