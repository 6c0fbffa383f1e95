/** Waiting until a drain is over: live progress, the deadline and what happens at it. */
import type { RemoteNode } from "@tandem/engine/client";
import { LbError } from "@tandem/model/failure";
import { type Answer, EXIT, type ExitCode, type World } from "./command.ts";
import { formatProgress, type Pace, paceOf, partsOf, type Remainder, type Sample } from "./drain-progress.ts";
import { cut, formatPlural, type Paint } from "./format.ts";

/** What is to become of connections that are left at the deadline. */
export const FATES = ["keep", "kill", "reset"] as const;
export type Fate = (typeof FATES)[number];

/** What is waited for, and how long. */
export interface Wait {
  /** Asked for again and again: reads all connections of the node, some milliseconds of its time. */
  remainder(): Promise<Remainder>;
  /** Milliseconds; undefined: however long it takes. */
  readonly deadlineMs: number | undefined;
  /** At the deadline; returns how many connections it ended. */
  atDeadline(): Promise<number>;
  /** How to take it back, as a command line. */
  readonly undo: string;
}

const LOOK_EVERY_MS = 2000;
/** Where lines stay, they are fewer. */
const LINE_EVERY_MS = 10_000;
/** What is told to end is gone then. */
const ENDING_MS = 3000;

/** Answers until it is over: the last one says how. A daemon that goes away is waited for until the deadline. Fails with `LbError`. */
export async function* waitForDrain(world: World, wait: Wait): AsyncGenerator<Answer> {
  const { isTTY } = world.out;
  const startMs = world.now();
  const look = patientLook(world, wait);
  const samples: Sample[] = [];
  let isInterrupted = false;
  const interruption = world.untilSignal().then(() => {
    isInterrupted = true;
  });
  for (let nextLineMs = startMs; ; ) {
    const seen = await look();
    const atMs = world.now();
    const deadlineInMs = wait.deadlineMs && Math.max(0, startMs + wait.deadlineMs - atMs);
    const pause = () =>
      Promise.race([world.sleep(Math.min(LOOK_EVERY_MS, deadlineInMs ?? Infinity)), interruption]);
    if (seen instanceof LbError) {
      if (isInterrupted || deadlineInMs === 0) throw unseen(seen, wait);
      await pause();
      continue;
    }
    const { left, closing, templates } = seen;
    samples.push({ atMs, left });
    const now = { left, closing, templates, began: samples[0]!.left, deadlineInMs, pace: paceOf(samples) };
    if (left === 0) return yield ended(isTTY, now, "Drained: no connections are left", EXIT.ok);
    if (isInterrupted)
      return yield ended(isTTY, now, `Still draining, ${leftOf(left)}; back with ${wait.undo}`, EXIT.failed);
    if (deadlineInMs === 0) return yield await endAtDeadline(world, wait, now);
    if (isTTY || atMs >= nextLineMs) yield progress(isTTY, now);
    if (atMs >= nextLineMs) nextLineMs = atMs + LINE_EVERY_MS;
    await pause();
  }
}

/** What is left, or why the daemon does not say: that it went away and came back is told. */
function patientLook(world: World, wait: Wait): () => Promise<Remainder | LbError> {
  const tell = (line: string): void => world.err.write(`${world.out.isTTY ? "\r\u001b[K" : ""}${line}\n`);
  let isAway = false;
  return async () => {
    try {
      const seen = await wait.remainder();
      if (isAway) tell("The daemon answers again");
      isAway = false;
      return seen;
    } catch (error) {
      if (!(error instanceof LbError) || error.failure.code !== "unavailable") throw error;
      if (!isAway) tell("The daemon does not answer: waiting for it");
      isAway = true;
      return error;
    }
  };
}

/** The end of a wait that nobody can tell the outcome of. */
function unseen(cause: LbError, { undo }: Wait): LbError {
  const why = `${cause.failure.code === "unavailable" ? cause.failure.why : cause.message}; it stays drained, no connection was ended; back with ${undo}`;
  return new LbError({ code: "unavailable", what: "the daemon", why }, { cause });
}

interface Now extends Remainder {
  readonly began: number;
  readonly deadlineInMs: number | undefined;
  readonly pace: Pace;
}

async function endAtDeadline(world: World, wait: Wait, now: Now): Promise<Answer> {
  const killed = await wait.atDeadline();
  if (killed > 0) await world.sleep(ENDING_MS);
  const after = killed > 0 ? await wait.remainder() : now;
  const says = killed > 0 ? `ended ${formatPlural(killed, "connection")}, ` : "";
  const text = `The deadline has passed: ${says}${leftOf(after.left)}; no new ones come; back with ${wait.undo}`;
  return ended(world.out.isTTY, { ...now, ...after }, text, after.left === 0 ? EXIT.ok : EXIT.failed, killed);
}

const leftOf = (left: number): string =>
  left === 0 ? "no connections are left" : `${formatPlural(left, "connection")} left`;

/** On a terminal one line is written over again and again. */
const overwrite = (isTTY: boolean, line: string, paint: Paint): string =>
  isTTY ? `\r\u001b[K${cut(line, paint.width - 1)}` : `${line}\n`;

function progress(isTTY: boolean, now: Now): Answer {
  return { json: dataOf(now, "draining"), text: (paint) => overwrite(isTTY, formatProgress(now), paint) };
}

function ended(isTTY: boolean, now: Now, line: string, exitCode: ExitCode, killed = 0): Answer {
  const state = now.left === 0 ? "drained" : now.deadlineInMs === 0 ? "deadline" : "interrupted";
  return {
    json: { ...dataOf(now, state), ...(killed > 0 && { killed }) },
    text: () => `${isTTY ? "\r\u001b[K" : ""}${line}.\n`,
    exitCode,
  };
}

function dataOf({ left, closing, templates, pace, deadlineInMs }: Now, state: string) {
  const inSeconds = (ms: number | undefined) => ms !== undefined && Math.round(ms) / 1000;
  return {
    ...{ state, left, closing, templates, perSecond: pace.perSecond },
    ...(pace.endsInMs !== undefined && { endsInSeconds: inSeconds(pace.endsInMs) }),
    ...(deadlineInMs !== undefined && { deadlineInSeconds: inSeconds(deadlineInMs) }),
  };
}

/** End what destinations still have, as a fate says. Returns how many ended. */
export async function endThere(
  node: RemoteNode,
  keys: readonly string[],
  { fate, author }: { fate: Fate; author: string },
): Promise<number> {
  if (fate === "keep") return 0;
  let killed = 0;
  for (const key of keys) {
    const { service, destination } = partsOf(key);
    const filter = { service, destination: destination.replace(/^\[?(.*?)\]?:0$/, "$1") }; // port 0: that of each packet
    killed += (await node.kill({ filter, reset: fate === "reset", dryRun: false, author })).killed;
  }
  return killed;
}
