/** What became of a command line: what it printed and how it ended, beside the recording. */
import type { Verdict } from "../ledger.ts";
import { outputsBeside } from "./comparable.ts";
import { type OtherAnswer, otherAnswers, type Rule, readings, rules } from "./known-differences.ts";
import type { Invocation } from "./recording.ts";
import type { Ran } from "./world.ts";

/** Compare. A place where we mean to differ must differ as argued. */
export function judge(step: Invocation, ran: Ran): Verdict {
  const why = differenceOf(step, ran);
  const other = otherAnswers.find((each) => each.about(step));
  if (other) return judgeOther(other, { step, ran, why });
  if (why === undefined) return { result: "passed" };
  const rule = step.rc === 0 && ran.rc === 255 && rules.find((each) => isBroken(each, step, ran));
  if (rule) return knowingly(rule);
  const read = (stdout: string) => readings.reduce((text, reading) => reading.read(text, step), stdout);
  const left = differenceOf({ ...step, stdout: read(step.stdout) }, { ...ran, stdout: read(ran.stdout) });
  if (left !== undefined) return { result: "failed", why: left };
  return knowingly(
    ...readings.filter((each) => [step, ran].some(({ stdout }) => each.read(stdout, step) !== stdout)),
  );
}

const isBroken = ({ command, refusal }: Rule, { cmd }: Invocation, { stdout, stderr }: Ran): boolean =>
  stdout === "" && command.test(cmd) && refusal.test(stderr);

interface Judged {
  readonly step: Invocation;
  readonly ran: Ran;
  readonly why: string | undefined;
}

function judgeOther(other: OtherAnswer, { step, ran, why }: Judged): Verdict {
  if (why === undefined)
    return { result: "failed", why: `known difference is not there: ${other.name}; got what was wanted` };
  return other.holds(step, ran)
    ? knowingly(other)
    : { result: "failed", why: `not as argued by ${other.name}:\n${why}` };
}

/** The verdict of a place where we differ on purpose. */
export const knowingly = (
  ...differences: readonly Pick<OtherAnswer, "name" | "because" | "see">[]
): Verdict => ({
  result: "differs-knowingly",
  why: differences.map(({ name, because, see }) => `${name}: ${because} (${see})`).join("; "),
});

function differenceOf(step: Invocation, ran: Ran): string | undefined {
  const { wanted, got } = outputsBeside(step.stdout, ran.stdout);
  const parts = [
    ...(step.rc === ran.rc ? [] : [`exit code: wanted ${step.rc}, got ${ran.rc}`]),
    ...differingLines("standard error", step.stderr.split("\n"), ran.stderr.split("\n")),
    ...differingLines("standard output", wanted, got),
  ];
  return parts.length === 0 ? undefined : parts.join("\n");
}

/** Differing lines that are told; more of them tell no more. */
const SHOWN = 4;

/** `-` is wanted, `+` came; `$` marks the end of a line, where blanks hide. */
function differingLines(what: string, wanted: readonly string[], got: readonly string[]): string[] {
  const lines = Array.from({ length: Math.max(wanted.length, got.length) }, (_, i) => i).filter(
    (i) => wanted[i] !== got[i],
  );
  if (lines.length === 0) return [];
  const sign = (mark: string, line: string | undefined) => (line === undefined ? [] : [`${mark} ${line}$`]);
  const shown = lines.slice(0, SHOWN).flatMap((i) => [...sign("-", wanted[i]), ...sign("+", got[i])]);
  return [`${what}, line ${lines[0]! + 1} (${lines.length} differ):`, ...shown];
}
