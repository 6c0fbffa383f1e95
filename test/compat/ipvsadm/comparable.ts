/** What was printed, ours beside the recorded text, with what varies from run to run taken from the recording where it may: rates, times to live, the order of connections. */

/** Output in lines. */
export interface Beside {
  readonly wanted: readonly string[];
  readonly got: readonly string[];
}

/** Seconds by which times to live may differ: commands take their time, and the recording's did. */
const SLACK_SECONDS = 15;
/** An entry may not be gone yet when it has no more than this to live. */
const LAST_SECONDS = 1;
/** One that had no more than this when it was recorded may be gone: a busy machine takes its time between two commands. */
const SHORT_SECONDS = 10;

/** Lay two outputs side by side; what is left of a difference is one. */
export function outputsBeside(wanted: string, got: string): Beside {
  const theirs = wanted.split("\n");
  const ours = got.split("\n");
  if (CONNECTIONS.test(wanted)) return connectionsBeside(theirs, ours);
  return RATES.test(wanted)
    ? { wanted: theirs, got: ours.map((line, i) => withRatesOf(theirs[i], line)) }
    : { wanted: theirs, got: ours };
}

const CONNECTIONS = /^pro expire state/m;
const RATES = / CPS {4}InPPS {3}OutPPS {4}InBPS {3}OutBPS$/m;

/** Five numbers at the end of a line, nine characters each unless one is longer than that. */
const RATE_COLUMNS = /((?: {1,8}\d+[KMGT]?){5})$/;

/** Our line with the recorded rates, if it has rates, in columns as wide. */
function withRatesOf(theirs: string | undefined, ours: string): string {
  const recorded = theirs && RATE_COLUMNS.exec(theirs)?.[1];
  const own = RATE_COLUMNS.exec(ours)?.[1];
  if (!recorded || !own || own.length !== recorded.length) return ours;
  return ours.slice(0, -own.length) + recorded;
}

/** `TCP 14:58  ESTABLISHED 10.1.0.5:20001 …`. */
const CONNECTION = /^(\S+ +)(\d+):(\d\d)( .*)$/;

function connectionsBeside(theirs: readonly string[], ours: readonly string[]): Beside {
  const recorded = new Map(theirs.map((line) => [withoutTime(line), line]));
  const own = new Map(ours.map((line) => [withoutTime(line), line]));
  const got = ours
    .filter((line) => recorded.has(withoutTime(line)) || !livesNoMoreThan(line, LAST_SECONDS))
    .map((line) => withTimeOf(recorded.get(withoutTime(line)), line));
  const wanted = theirs.filter((line) => own.has(withoutTime(line)) || !livesNoMoreThan(line, SHORT_SECONDS));
  return { wanted: sortEntries(wanted), got: sortEntries(got) };
}

const withoutTime = (line: string): string => line.replace(CONNECTION, "$1$4");
const secondsOf = (line: string): number | undefined => {
  const match = CONNECTION.exec(line);
  return match ? Number(match[2]) * 60 + Number(match[3]) : undefined;
};
const livesNoMoreThan = (line: string, seconds: number): boolean =>
  (secondsOf(line) ?? Number.POSITIVE_INFINITY) <= seconds;

function withTimeOf(theirs: string | undefined, ours: string): string {
  const [recorded, own] = [theirs && secondsOf(theirs), secondsOf(ours)];
  const isNear =
    recorded !== undefined && own !== undefined && Math.abs(Number(recorded) - own) <= SLACK_SECONDS;
  return isNear ? theirs! : ours;
}

/** Headers stay where they are. */
function sortEntries(lines: readonly string[]): string[] {
  const isEntry = (line: string) => CONNECTION.test(line);
  return [...lines.filter((line) => !isEntry(line)), ...lines.filter(isEntry).toSorted()];
}
