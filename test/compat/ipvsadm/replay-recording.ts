/** Replays a recording of the tool: one row per command line. */

import { setTimeout as delay } from "node:timers/promises";
import { NO_SERVICES } from "../director.ts";
import type { Verdict } from "../ledger.ts";
import type { Row } from "../replay.ts";
import { createDaemonLog } from "./daemons.ts";
import { hasNames, namesIn } from "./host-names.ts";
import { judge, knowingly } from "./judge.ts";
import { NO_PROC_FILES } from "./known-differences.ts";
import { type Invocation, type IpvsadmRecording, passagesOf, wordsOf } from "./recording.ts";
import { countersIn } from "./sightings.ts";
import { standingLines } from "./standing.ts";
import { watchTable } from "./table-watch.ts";
import { createTraffic } from "./traffic.ts";
import { createWorld, type World } from "./world.ts";

/** Replay a recording in a world of its own. With `only`, rows are of cases with it in their name or their file's; what came before them is carried out. */
export async function replayRecording({ name, steps }: IpvsadmRecording, only = ""): Promise<Row[]> {
  const cases = steps.map((step, i) => ({ file: name, case: `${i + 1} ${step.tag}: ${step.cmd}` }));
  const isWanted = (row: { file: string; case: string }) => `${row.file} ${row.case}`.includes(only);
  const end = cases.findLastIndex(isWanted) + 1;
  if (end === 0) return [];
  const world = await createWorld({
    document: NO_SERVICES,
    mtu: mtuFor(steps),
  });
  try {
    const verdicts = await replaySteps(steps.slice(0, end), world);
    return verdicts.map((verdict, i) => ({ ...cases[i]!, ...verdict })).filter(isWanted);
  } finally {
    await world.close();
  }
}

async function replaySteps(steps: readonly Invocation[], world: World): Promise<Verdict[]> {
  const daemons = createDaemonLog();
  const tables: string[] = [];
  const verdicts: Verdict[] = [];
  let patienceMs = PATIENCE_MS;
  await bringAbout(standingLines(steps), world);
  const passages = passagesOf(steps);
  const traffic = createTraffic(passages, world);
  for (const [i, passage] of passages.entries()) {
    world.nameHosts(new Map());
    const problems = await traffic.before(i);
    const watch = await watchTable(passage, world);
    for (const step of passage.steps) {
      for (const words of daemons.missingBefore(step)) await world.ipvsadm(words);
      const verdict = await awaited(step, () => replayStep(step, world, tables));
      const changes = await watch?.settle(step, verdict.result === "differs-knowingly");
      const why = [verdict.why, changes, ...(verdict.result === "failed" ? problems : [])].filter(
        (text) => text !== undefined,
      );
      verdicts.push(
        verdict.result === "failed" || changes !== undefined
          ? { result: "failed", why: why.join("\n") }
          : verdict,
      );
      daemons.note(step);
      traffic.note(step);
    }
  }
  return verdicts;

  /** What is listed of connections may have to time out before it is as recorded. */
  async function awaited(step: Invocation, replay: () => Promise<Verdict>): Promise<Verdict> {
    let verdict = await replay();
    for (; verdict.result === "failed" && mayChange(step) && patienceMs > 0; patienceMs -= LOOK_AGAIN_MS) {
      await delay(LOOK_AGAIN_MS);
      verdict = await replay();
    }
    return verdict;
  }

  function mayChange(step: Invocation): boolean {
    return traffic.hasConnections() && /Conn|^pro expire/m.test(step.stdout);
  }
}

/** For all of a recording together. */
const PATIENCE_MS = 20_000;
const LOOK_AGAIN_MS = 500;

const USUAL_MTU = 1500;
const LARGEST_MTU = 65_535;

/** Large packets need links for them; the usual ones decide what sync daemons send. */
function mtuFor(steps: readonly Invocation[]): number {
  const counters = steps.flatMap((step) => [...countersIn(step).values()]);
  return counters.some((c) => c.inBytes > USUAL_MTU * c.inPackets || c.outBytes > USUAL_MTU * c.outPackets)
    ? LARGEST_MTU
    : USUAL_MTU;
}

async function bringAbout(lines: readonly string[], world: World): Promise<void> {
  if (lines.length === 0) return;
  const { rc, stderr } = await world.ipvsadm(["-R"], { stdin: lines.join("\n") });
  if (rc !== 0) throw new Error(`cannot bring about what stood at the beginning: ${stderr}`);
}

/** @param tables what `-S` has printed so far */
async function replayStep(step: Invocation, world: World, tables: string[]): Promise<Verdict> {
  const words = wordsOf(step);
  if (!words) return replayOther(step, tables);
  if (hasNames(step.stdout)) {
    const numeric = await world.ipvsadm([...words, "-n"]);
    world.nameHosts(namesIn(step.stdout, numeric.stdout));
  }
  const ran = await world.ipvsadm(words, { stdin: step.stdin, isUnprivileged: /\bnobody\b/.test(step.tag) });
  if (/^(-S|--save)/.test(words[0] ?? "")) tables.push(ran.stdout);
  if (ran.stderr.endsWith("Nothing was restored\n")) await carryOutLines(step, world);
  return judge(step, ran);
}

/** What the recording's own program did beside calling the tool. */
function replayOther({ cmd, stdout }: Invocation, tables: readonly string[]): Verdict {
  if (cmd.startsWith("cat /proc/net/ip_vs")) return knowingly(NO_PROC_FILES);
  if (!cmd.startsWith("COMPARE")) return { result: "failed", why: `unknown command "${cmd}"` };
  const [one, other] = tables.slice(-2);
  const got = one === other ? "identical" : "different";
  return got === stdout.trim()
    ? { result: "passed" }
    : { result: "failed", why: `wanted ${stdout}, got ${got}` };
}

/** After a restore that was refused as a whole: what the recorded tool had done of it. What the kernel refused did not stop it. */
async function carryOutLines({ stdin = "", rc: recorded }: Invocation, world: World): Promise<void> {
  for (const line of stdin.split("\n").map((text) => text.trim())) {
    if (line === "") continue;
    const { rc } = await world.ipvsadm(line.split(/\s+/));
    if (rc !== 0 && recorded !== 0) return;
  }
}
