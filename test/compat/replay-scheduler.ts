/** Decision sequences: each step is a new flow, made with real packets, and the server that its first one goes to. */
import { formatAddress, parseAddress } from "@tandem/model";
import { readNetwork16 } from "../../packages/engine/src/packet/words.ts";
import { createDirector, type Director } from "./director.ts";
import { describeFrame, type Frame } from "./frames.ts";
import type { Ledger, Place } from "./ledger.ts";
import { buildTcp, buildUdp, type Ends } from "./packets.ts";
import type { SchedulerCase, SchedulerStep } from "./recordings.ts";
import { runCommands } from "./run-commands.ts";
import { addressIn, macOf, type Side } from "./testbed.ts";

/** Replay one case. */
export function replayScheduler(c: SchedulerCase, ledger: Ledger): void {
  const director = createDirector(c.note);
  if (!runCommands(director, c.commands, ledger)) return;
  const servers = c.realservers.map(addressIn);
  for (const [i, step] of c.steps.entries()) {
    const name = `${i + 1} ${step.src} > ${step.dst}`;
    if (!runCommands(director, step.commands_before_step ?? [], ledger, name)) return;
    if (!compareCounters({ director, ledger, servers, name }, step)) return;
    const flow = flowOf(step);
    const first = c.mode === "held" || c.mode === "closed" ? tcp(flow, "S", 0) : udp(flow);
    const frames = director.send("client", first);
    const wanted = [step.chosen === null ? "none" : `server ${step.chosen}`, ...(step.reply ?? [])];
    const at: Place = { step: name, what: "frames", packet: { bytes: first, from: "client" }, director };
    if (!ledger.compare({ ...at, wanted, got: decision(frames, servers) })) return;
    const forwarded = frames.find((f) => f.side === "server");
    for (const segment of forwarded ? (SEQUELS[c.mode] ?? []) : []) goOn(director, flow, segment, forwarded!);
  }
}

interface Surroundings {
  readonly director: Director;
  readonly ledger: Ledger;
  readonly servers: readonly string[];
  readonly name: string;
}

function compareCounters({ director, ledger, servers, name }: Surroundings, step: SchedulerStep): boolean {
  const recorded = step.active_inact_before;
  if (!recorded) return true;
  const counts = director.destinations();
  const wanted = recorded.map((pair) => (pair ? pair.join(" ") : "none"));
  const got = servers.slice(0, recorded.length).map((address) => {
    const d = counts.find((each) => each.address === address);
    return d ? `${d.activeConnections} ${d.inactiveConnections}` : "none";
  });
  return ledger.compare({ step: name, what: "counters", director, wanted, got });
}

/** Which server the packet went to, and what was said to the client. */
function decision(frames: readonly Frame[], servers: readonly string[]): string[] {
  const chosen = frames.find((f) => f.side === "server");
  const server = servers.findIndex((address) => macOf(parseAddress(address)!) === chosen?.mac);
  return [
    chosen ? `server ${server}` : "none",
    ...frames.filter((f) => f.side === "client").map(describeFrame),
  ];
}

function flowOf(step: SchedulerStep): Ends {
  const [from, fromPort] = step.src.split(" ");
  const [to, toPort] = step.dst.split(" ");
  return { from: addressIn(from!), fromPort: Number(fromPort), to: addressIn(to!), toPort: Number(toPort) };
}

const udp = (flow: Ends): Uint8Array => buildUdp({ ...flow, payload: Uint8Array.of(0x78) });
const tcp = (ends: Ends, flags: string, sent: number): Uint8Array =>
  buildTcp({ ...ends, flags, seq: 1000 + sent, ack: flags.includes("A") ? 5001 : 0 });

const HANDSHAKE = [
  ["server", "SA"],
  ["client", "A"],
] as const;
const GOODBYE = [
  ["client", "FA"],
  ["server", "FA"],
  ["client", "A"],
] as const;

/** What follows the first packet, by the mode of the case. */
const SEQUELS: Readonly<Record<string, readonly (readonly [Side, string])[]>> = {
  held: HANDSHAKE,
  closed: [...HANDSHAKE, ...GOODBYE],
};

/** Send one more packet of the flow. A server's passes the director only if its client's packet was translated. */
function goOn(
  director: Director,
  flow: Ends,
  [side, flags]: readonly [Side, string],
  forwarded: Frame,
): void {
  if (side === "client") {
    director.send("client", tcp(flow, flags, 1));
    return;
  }
  const server = targetOf(forwarded.packet);
  if (server.from === flow.to) return;
  director.send("server", tcp({ ...server, to: flow.from, toPort: flow.fromPort }, flags, 0));
}

/** Whom a packet is for, as the sender of an answer. */
function targetOf(packet: Uint8Array): { from: string; fromPort: number } {
  const [to, end] = packet[0]! >>> 4 === 4 ? [16, 20] : [24, 40];
  return { from: formatAddress(packet.subarray(to, end)), fromPort: readNetwork16(packet, end + 2) };
}
