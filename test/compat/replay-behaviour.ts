/** Cases told step by step: commands with what they print, settings, packets byte by byte, pauses and connection tables. */
import { DocumentSpec, formatAddress, maskBytes, parseAddress, type ServiceSpec } from "@tandem/model";
import { editDocument, isEdit } from "../../packages/cli/src/ipvsadm/edit.ts";
import { isRefusal, parseIpvsadm } from "../../packages/cli/src/ipvsadm/parse.ts";
import { datagramKey, isFragment } from "./datagrams.ts";
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
import { flowOf, type PacketFlow } from "./flow-of.ts";
import { bytesOf, comparable, type Frames, readFrame } from "./frames.ts";
import type { Ledger, Place } from "./ledger.ts";
import { listServices, readListing } from "./listing.ts";
import type { BehaviourCase, BehaviourStep } from "./recordings.ts";
import type { Side } from "./testbed.ts";

/** Replay one case. */
export function replayBehaviour(c: BehaviourCase, ledger: Ledger): void {
  const director = createDirector(c.note);
  const replay: Replay = { director, ledger, clients: new Set(), fragments: new Map() };
  for (const [i, step] of c.steps.entries()) {
    const kind = KINDS.find((k) => k.is(step));
    const name = `${i + 1} ${describeStep(step)}`;
    if (!kind) return void ledger.cannot(name, "unknown kind of step");
    if (!kind.replay(step, { step: name, what: "command", director: replay.director }, replay)) return;
  }
  for (const frames of replay.fragments.values())
    if (frames.wanted.length === 0)
      ledger.compare({ step: "fragments", what: "frames", director, ...linesOf(frames) });
}

interface Replay {
  readonly director: Director;
  readonly ledger: Ledger;
  /** Ends of clients that have sent something, `address:port`. */
  readonly clients: Set<string>;
  /** What has left of datagrams in fragments, by `datagramKey`. */
  readonly fragments: Map<string, Frames>;
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
  { is: (step) => Object.keys(step).every((key) => key === "note" || key === "comment"), replay: () => true },
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
  const bytes = bytesOf(in_hex);
  const flow = flowOf(bytes, from);
  if (flow) clients.add(flow.client);
  const frames = { wanted: out.map((o) => readFrame(o.to, o.hex)), got: director.send(from, bytes) };
  const place: Place = { ...at, what: "frames", packet: { bytes, from } };
  if (isFragment(bytes)) return replayFragment(place, frames, replay);
  if (!ledger.compare({ ...place, ...linesOf(frames), frames })) return false;
  return !conn || !flow || compareConnection(conn, flow, place, replay);
}

const linesOf = ({ wanted, got }: Frames) => ({
  wanted: wanted.map(comparable),
  got: got.map(comparable),
});

/** Fragments are compared by datagram, once the recorded ones have left: each director has its own moment to let them go. */
function replayFragment(at: Place, { wanted, got }: Frames, { ledger, fragments }: Replay): boolean {
  const key = datagramKey(at.packet!.bytes);
  const before = fragments.get(key) ?? { wanted: [], got: [] };
  const frames = { wanted: [...before.wanted, ...wanted], got: [...before.got, ...got] };
  fragments.set(key, frames);
  if (wanted.length === 0) return true;
  return ledger.compare({ ...at, ...linesOf(frames), frames });
}

function compareConnection(
  recorded: string,
  flow: PacketFlow,
  at: Place,
  { director, ledger }: Replay,
): boolean {
  const ours = director
    .connections()
    .map(entryOf)
    .find((e) => e.client === flow.client && e.protocol === flow.protocol);
  const [state = "", destination] = recorded.split(" -> ");
  const target = (text: string, to: string | undefined) =>
    to === undefined ? text : `${text} -> ${endIn(to)}`;
  const wanted = [target(state, destination)];
  const got = [target(stateBeside(ours, state), destination && ours?.destination)];
  return ledger.compare({ ...at, what: "connection", wanted, got });
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

/** Steps of a recording that may have taken a second by themselves. */
const STEPS_PER_SECOND = 25;

/** Our table beside a recorded one, without the connections of other cases that lived when it was recorded. */
function compareTable(
  recorded: readonly Entry[],
  at: Place,
  { director, ledger, clients }: Replay,
  isShown: (e: Entry) => boolean = () => true,
): boolean {
  const ours = director.connections().map(entryOf).filter(isShown);
  const isOfCase = (e: Entry) => clients.has(e.client) || isTemplateOf(director, clients, e);
  const slack = Math.floor(Number.parseInt(at.step, 10) / STEPS_PER_SECOND);
  return ledger.compare({ ...at, ...tablesBeside(ours, recorded.filter(isOfCase), slack) });
}

/** Whether an entry is the template of a client that has sent something to a service of the case. */
function isTemplateOf({ spec }: Director, clients: ReadonlySet<string>, e: Entry): boolean {
  if (!e.client.endsWith(":0")) return false;
  const net = e.client.slice(0, -2);
  const addresses = [...clients].map((end) => end.slice(0, end.lastIndexOf(":")));
  const templateEnds = spec.services
    .filter((s) => addresses.some((address) => netOf(address, s.persistence?.prefix) === net))
    .flatMap(endsOf);
  return templateEnds.includes(`${e.protocol} ${e.virtual}`);
}

/** What a service's templates are for: its port, or every port; or none any more. */
function endsOf({ protocol, address, port, mark }: ServiceSpec): string[] {
  const name = mark === undefined ? `${protocol.toUpperCase()} ${address}` : `IP ${markAddress(mark)}`;
  return [port === FTP_PORT ? 0 : port, RETIRED_PORT].map((p) => `${name}:${p}`);
}

const FTP_PORT = 21;
/** Port of templates that may not be used any more. */
const RETIRED_PORT = 65_535;

const netOf = (address: string, bits: number | undefined): string =>
  formatAddress(maskBytes(parseAddress(address)!, bits ?? 128));

/** A mark as the tool shows it: an address. */
const markAddress = (mark: number): string =>
  formatAddress(Uint8Array.of(mark >>> 24, mark >>> 16, mark >>> 8, mark));
