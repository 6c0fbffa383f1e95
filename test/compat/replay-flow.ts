/** Flows told packet by packet: after each one the connection's state and time, the server's counters, and what left. */

import { createDirector, type Director } from "./director.ts";
import { type Entry, entryOf, stateBeside } from "./entries.ts";
import { createFlowPackets, type FlowEnds } from "./flow-packets.ts";
import { describeFrame, type Frame } from "./frames.ts";
import type { Ledger, Place } from "./ledger.ts";
import type { FlowCase, FlowStep } from "./recordings.ts";
import { runCommands, runSettings } from "./run-commands.ts";
import { addressIn } from "./testbed.ts";

/** Replay one case. */
export function replayFlow(c: FlowCase, ledger: Ledger): void {
  const director = createDirector();
  if (!runSettings(director, c.sysctl ?? {}, ledger) || !runCommands(director, c.commands, ledger)) return;
  const ends: FlowEnds = { client: endIn(c.client), virtual: endIn(c.virtual), real: endIn(c.real) };
  const packets = createFlowPackets(c.proto, ends);
  const counters = createCounterCheck(director, ledger);
  for (const [i, step] of c.steps.entries()) {
    const name = `${i + 1} ${step.packet ?? step.command ?? `sleep ${step.sleep}`}`;
    const at: Place = { step: name, what: "frames", director };
    if (step.sleep !== undefined) director.pass(step.sleep);
    else if (step.command !== undefined) {
      if (!runCommands(director, [step.command], ledger, name)) return;
    } else if (step.packet !== undefined) {
      const built = packets.build(step.packet);
      if (!built) return void ledger.cannot(name, `unknown packet "${step.packet}"`);
      if (step.out === undefined) continue; // it took another way than through the director
      const frames = director.send(built.from, built.packet).map(sideFrame);
      const packet = { bytes: built.packet, from: built.from };
      if (!ledger.compare({ ...at, packet, wanted: step.out, got: frames })) return;
    }
    if (!compareConnection(at, ledger, { ends, proto: c.proto }, step)) return;
    if (!counters(name, step)) return;
  }
}

/** `10.1.0.5 21001`. */
function endIn(text: string): { address: string; port: number } {
  const [address, port] = text.split(" ");
  return { address: addressIn(address!), port: Number(port) };
}

/** As `states` recordings say it. */
export const sideFrame = (f: Frame): string => `to-${f.side} ${describeFrame(f)}`;

/** The living connection of a flow, not its template. */
export function connectionOf(director: Director, flow: { ends: FlowEnds; proto: string }): Entry | undefined {
  const { client, virtual } = flow.ends;
  return director
    .connections()
    .map(entryOf)
    .find(
      (e) =>
        e.protocol === flow.proto.toUpperCase() &&
        e.client === `${client.address}:${client.port}` &&
        e.virtual === `${virtual.address}:${virtual.port}`,
    );
}

function compareConnection(
  at: Place,
  ledger: Ledger,
  flow: { ends: FlowEnds; proto: string },
  step: FlowStep,
): boolean {
  if (step.conn === undefined) return true;
  const wanted = step.conn ?? "none";
  const got = stateBeside(connectionOf(at.director, flow), wanted);
  return ledger.compare({ ...at, what: "connection", wanted: [wanted], got: [got] });
}

/**
 * Compares a server's counters. Connections of earlier flows, which may not be in the recording any more, still counted when it was made: what the first step has
 * more than ours is theirs, and may only become less.
 */
function createCounterCheck(director: Director, ledger: Ledger): (name: string, step: FlowStep) => boolean {
  let earlier = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  return (name, step) => {
    const recorded = step.active_inact?.[0];
    const ours = director.destinations()[0];
    if (!recorded || !ours) return true;
    const own = [ours.activeConnections, ours.inactiveConnections];
    const more = recorded.map((n, i) => n - own[i]!);
    const isPlausible = more.every((n, i) => n >= 0 && n <= earlier[i]!);
    const got = isPlausible ? recorded : own.map((n, i) => n + Math.min(earlier[i]!, Math.max(more[i]!, 0)));
    earlier = more;
    const both = { wanted: [recorded.join(" ")], got: [got.join(" ")] };
    return ledger.compare({ step: name, what: "counters", director, ...both });
  };
}
