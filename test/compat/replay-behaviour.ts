/** Cases told step by step: commands with what they print, settings, packets byte by byte, pauses and connection tables. */
import { compareOutput } from "./compare-output.ts";
import { replayTable, tableField } from "./compare-table.ts";
import { datagramKey, isFragment } from "./datagrams.ts";
import { createDirector } from "./director.ts";
import { endIn, entryOf, stateBeside } from "./entries.ts";
import { flowOf, type PacketFlow } from "./flow-of.ts";
import { bytesOf, comparable, type Frames, readFrame } from "./frames.ts";
import type { Ledger, Place } from "./ledger.ts";
import type { BehaviourCase, BehaviourStep } from "./recordings.ts";
import { runCommands } from "./run-commands.ts";
import type { Scene } from "./scene.ts";
import type { Side } from "./testbed.ts";

/** Replay one case. */
export function replayBehaviour(c: BehaviourCase, ledger: Ledger): void {
  const director = createDirector(c.note);
  const scene: Scene = { director, ledger, clients: new Set(), fragments: new Map() };
  for (const [i, step] of c.steps.entries()) {
    const kind = KINDS.find((k) => k.is(step));
    const name = `${i + 1} ${describeStep(step)}`;
    if (!kind) return void ledger.cannot(name, "unknown kind of step");
    if (!kind.replay(step, { step: name, what: "command", director }, scene)) return;
  }
  for (const frames of scene.fragments.values())
    if (frames.wanted.length === 0)
      ledger.compare({ step: "fragments", what: "frames", director, ...linesOf(frames) });
}

interface StepKind {
  is(step: BehaviourStep): boolean;
  /** False: the case has failed. */
  replay(step: BehaviourStep, at: Place, scene: Scene): boolean;
}

const describeStep = (step: BehaviourStep): string =>
  String(step.command ?? step.sysctl ?? step.label ?? Object.keys(step)[0] ?? "") ||
  String(step.in ?? "packet");

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

function replayPacket(step: BehaviourStep, at: Place, scene: Scene): boolean {
  const { director, ledger, clients } = scene;
  const { from, in_hex, out, conn } = step as unknown as RecordedPacket;
  const bytes = bytesOf(in_hex);
  const flow = flowOf(bytes, from);
  if (flow) clients.add(flow.client);
  const frames = { wanted: out.map((o) => readFrame(o.to, o.hex)), got: director.send(from, bytes) };
  const place: Place = { ...at, what: "frames", packet: { bytes, from } };
  if (isFragment(bytes)) return replayFragment(place, frames, scene);
  if (!ledger.compare({ ...place, ...linesOf(frames), frames })) return false;
  return !conn || !flow || compareConnection(conn, flow, place, scene);
}

const linesOf = ({ wanted, got }: Frames) => ({
  wanted: wanted.map(comparable),
  got: got.map(comparable),
});

/** Fragments are compared by datagram, once the recorded ones have left: each director has its own moment to let them go. */
function replayFragment(at: Place, { wanted, got }: Frames, { ledger, fragments }: Scene): boolean {
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
  { director, ledger }: Scene,
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

function replayCommand(step: BehaviourStep, at: Place, scene: Scene): boolean {
  const { director, ledger } = scene;
  const ran = director.run(String(step.command));
  if (!ran) return ledger.cannot(at.step, `unknown command "${step.command}"`);
  const exit = step.rc === undefined ? 0 : Number(step.rc);
  const got = `exit ${ran.exit}${ran.exit === exit ? "" : `: ${ran.message}`}`;
  if (!ledger.compare({ ...at, wanted: [`exit ${exit}`], got: [got] })) return false;
  if (ran.command?.name === "restore") return restore(String(step.stdin ?? ""), at, scene);
  return (
    typeof step.stdout !== "string" || !ran.command || compareOutput(step.stdout, ran.command, at, scene)
  );
}

/** What `-R` reads: a line is a command without the word `ipvsadm`. */
function restore(input: string, at: Place, { director, ledger }: Scene): boolean {
  const lines = input.split("\n").filter((line) => line.trim() !== "");
  return runCommands(
    director,
    lines.map((line) => `ipvsadm ${line.trim()}`),
    ledger,
    at.step,
  );
}
