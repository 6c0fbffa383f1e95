/** Cases told step by step: commands with what they print, settings, packets byte by byte, pauses and connection tables. */
import { DocumentSpec, formatAddress } from "@tandem/model";
import { editDocument, isEdit } from "../../packages/cli/src/ipvsadm/edit.ts";
import { isRefusal, parseIpvsadm } from "../../packages/cli/src/ipvsadm/parse.ts";
import { readNetwork16 } from "../../packages/engine/src/packet/words.ts";
import { createDirector, type Director, type Ran } from "./director.ts";
import {
  type Entry,
  endIn,
  entryOf,
  readEntry,
  readListedEntry,
  readProcEntry,
  stateBeside,
  tablesBeside,
} from "./entries.ts";
import { bytesOf, comparable, readFrame } from "./frames.ts";
import type { Ledger, Place } from "./ledger.ts";
import { listServices, readListing } from "./listing.ts";
import type { BehaviourCase, BehaviourStep } from "./recordings.ts";
import type { Side } from "./testbed.ts";

/** Replay one case. */
export function replayBehaviour(c: BehaviourCase, ledger: Ledger): void {
  const replay: Replay = { director: createDirector(c.note), ledger, clients: new Set() };
  for (const [i, step] of c.steps.entries()) {
    const kind = KINDS.find((k) => k.is(step));
    const name = `${i + 1} ${describeStep(step)}`;
    if (!kind) return void ledger.cannot(name, "unknown kind of step");
    if (!kind.replay(step, { step: name, what: "command", director: replay.director }, replay)) return;
  }
}

interface Replay {
  readonly director: Director;
  readonly ledger: Ledger;
  /** Ends of clients that have sent something, `address:port`. */
  readonly clients: Set<string>;
}

interface StepKind {
  is(step: BehaviourStep): boolean;
  /** False: the case has failed. */
  replay(step: BehaviourStep, at: Place, replay: Replay): boolean;
}

const describeStep = (step: BehaviourStep): string =>
  String(step.command ?? step.sysctl ?? step.label ?? Object.keys(step)[0] ?? "") ||
  String(step.in ?? "packet");

const tableField = (step: BehaviourStep): string | undefined =>
  Object.keys(step).find((key) => key.includes("ip_vs_conn"));

const KINDS: readonly StepKind[] = [
  { is: (step) => step.in_hex !== undefined, replay: replayPacket },
  { is: (step) => step.command !== undefined, replay: replayCommand },
  {
    is: (step) => step.sysctl !== undefined,
    replay(step, at, { director, ledger }) {
      const name = String(step.sysctl).replace(/^net[./]ipv4[./]vs[./]/, "");
      return director.sysctl(name, Number(step.value)) || ledger.cannot(at.step, `unknown sysctl "${name}"`);
    },
  },
  {
    is: (step) => step.sleep !== undefined,
    replay(step, _, { director }) {
      director.pass(Number(step.sleep));
      return true;
    },
  },
  { is: (step) => tableField(step) !== undefined, replay: replayTable },
];

interface RecordedPacket {
  readonly from: Side;
  readonly in_hex: string;
  readonly out: readonly { readonly to: string; readonly hex: string }[];
  readonly conn?: string | null;
}

function replayPacket(step: BehaviourStep, at: Place, replay: Replay): boolean {
  const { director, ledger, clients } = replay;
  const { from, in_hex, out, conn } = step as unknown as RecordedPacket;
  const packet = bytesOf(in_hex);
  const flow = flowOf(packet, from);
  if (flow) clients.add(flow.client);
  const wanted = out.map((o) => comparable(readFrame(o.to, o.hex)));
  const got = director.send(from, packet).map(comparable);
  const place: Place = { ...at, what: "frames", packet: { bytes: packet, from } };
  if (!ledger.compare({ ...place, wanted, got })) return false;
  if (conn === undefined || conn === null || !flow) return true;
  const ours = director
    .connections()
    .map(entryOf)
    .find((e) => e.client === flow.client && e.protocol === flow.protocol);
  const [state = "", destination] = conn.split(" -> ");
  const seen = stateBeside(ours, state);
  const target = (text: string, to: string | undefined) =>
    to === undefined ? text : `${text} -> ${endIn(to)}`;
  const both = {
    wanted: [target(state, destination)],
    got: [target(seen, destination && ours?.destination)],
  };
  return ledger.compare({ ...place, what: "connection", ...both });
}

const PROTOCOLS: Readonly<Record<number, string>> = { 6: "TCP", 17: "UDP", 132: "SCTP" };
const ICMP_PROTOCOLS = new Set([1, 58]);

/** The client's end of a packet's flow; of an ICMP error, that of the packet in it. */
function flowOf(packet: Uint8Array, from: Side): { protocol: string; client: string } | undefined {
  const isV4 = packet[0]! >>> 4 === 4;
  const protocol = packet[isV4 ? 9 : 6]!;
  const at = isV4 ? (packet[0]! & 15) * 4 : 40;
  if (ICMP_PROTOCOLS.has(protocol) && packet.length > at + 28)
    return flowOf(packet.subarray(at + 8), from === "client" ? "server" : "client");
  const name = PROTOCOLS[protocol];
  if (!name || packet.length < at + 4) return undefined;
  const isSource = from === "client";
  const address = isV4 ? (isSource ? [12, 16] : [16, 20]) : isSource ? [8, 24] : [24, 40];
  const port = readNetwork16(packet, at + (isSource ? 0 : 2));
  return { protocol: name, client: `${formatAddress(packet.subarray(...address))}:${port}` };
}

function replayCommand(step: BehaviourStep, at: Place, replay: Replay): boolean {
  const { director, ledger } = replay;
  const ran = director.run(String(step.command));
  if (!ran) return ledger.cannot(at.step, `unknown command "${step.command}"`);
  const exit = step.rc === undefined ? 0 : Number(step.rc);
  const wanted = [`exit ${exit}`];
  if (
    !ledger.compare({
      ...at,
      wanted,
      got: [`exit ${ran.exit}${ran.exit === exit ? "" : `: ${ran.message}`}`],
    })
  )
    return false;
  return (
    typeof step.stdout !== "string" || !ran.command || compareOutput(step.stdout, ran.command, at, replay)
  );
}

function compareOutput(
  stdout: string,
  command: NonNullable<Ran["command"]>,
  at: Place,
  replay: Replay,
): boolean {
  const { director, ledger } = replay;
  const place: Place = { ...at, what: "listing" };
  if (command.name === "save") return ledger.compare({ ...place, ...savedBeside(stdout, director) });
  if (command.name !== "list") return true;
  if (command.what === "timeout")
    return ledger.compare({ ...place, wanted: [stdout.trim()], got: [timeoutLine(director)] });
  if (command.what === "daemon") return ledger.compare({ ...place, wanted: [stdout.trim()], got: [""] });
  if (command.what === "connections") {
    const theirs = stdout
      .split("\n")
      .map(readListedEntry)
      .filter((e) => e !== undefined);
    return compareTable(theirs, place, replay);
  }
  const wanted = readListing(stdout, command.view).toSorted();
  return ledger.compare({
    ...place,
    wanted,
    got: listServices(director, command.view, command.service).toSorted(),
  });
}

function timeoutLine({ spec }: Director): string {
  const { tcp, udp } = spec.settings.timeouts;
  return `Timeout (tcp tcpfin udp): ${tcp?.established ?? 900} ${tcp?.finWait ?? 120} ${udp?.lasting ?? 300}`;
}

/** The saved lines, carried out on an empty document, beside ours. Thresholds are not saved, and the order is the tool's. */
function savedBeside(stdout: string, director: Director) {
  const lines = stdout.split("\n").filter((line) => line.trim() !== "");
  const saved = lines.reduce(
    (document, line) => {
      const command = parseIpvsadm(line.trim().split(/\s+/));
      if (isRefusal(command) || !isEdit(command)) return document;
      const edited = editDocument(document, command);
      return isRefusal(edited) ? document : edited.document;
    },
    DocumentSpec.parse({ version: 1 }),
  );
  return { wanted: saveLines(saved), got: saveLines(director.spec) };
}

function saveLines({ services }: DocumentSpec): string[] {
  return services
    .flatMap(({ destinations, ...service }) => [
      JSON.stringify(service),
      ...destinations.map((d) => {
        const { upperThreshold: _u, lowerThreshold: _l, ...saved } = d;
        return `${service.protocol} ${service.address} ${service.port} ${service.mark} ${JSON.stringify(saved)}`;
      }),
    ])
    .toSorted();
}

function replayTable(step: BehaviourStep, at: Place, replay: Replay): boolean {
  const field = tableField(step)!;
  const lines = (step[field] as unknown[]).map(String);
  const theirs = lines.map((line) => readEntry(line) ?? readProcEntry(line));
  if (theirs.includes(undefined))
    return replay.ledger.cannot(at.step, `unknown entry "${lines[theirs.indexOf(undefined)]}"`);
  const address = /of (\S+)$/.exec(field)?.[1];
  const hex = /^grep (\S+)/.exec(field)?.[1];
  const isShown = (e: Entry) =>
    (address === undefined || e.client.startsWith(`${address}:`)) && (!hex || hasPort(e, hex));
  return compareTable(theirs as Entry[], { ...at, what: "connections" }, replay, isShown);
}

const hasPort = (e: Entry, hex: string): boolean =>
  [e.client, e.virtual, e.destination].some((end) => end.endsWith(`:${Number.parseInt(hex, 16)}`));

/** Our table beside a recorded one, without the connections of other cases that lived when it was recorded. */
function compareTable(
  recorded: readonly Entry[],
  at: Place,
  { director, ledger, clients }: Replay,
  isShown: (e: Entry) => boolean = () => true,
): boolean {
  const ours = director.connections().map(entryOf).filter(isShown);
  const ends = new Set(
    director.spec.services.map((s) => (s.mark === undefined ? `${s.address}:${s.port}` : markEnd(s.mark))),
  );
  const templates = new Set(ours.filter((e) => e.client.endsWith(":0")).map((e) => e.virtual));
  const isOfCase = (e: Entry) =>
    clients.has(e.client) || (e.client.endsWith(":0") && (ends.has(e.virtual) || templates.has(e.virtual)));
  return ledger.compare({ ...at, ...tablesBeside(ours, recorded.filter(isOfCase)) });
}

/** A mark as the tool shows it: an address. */
const markEnd = (mark: number): string =>
  `${formatAddress(Uint8Array.of(mark >>> 24, mark >>> 16, mark >>> 8, mark))}:0`;
