/** Recordings of the tool itself: command lines in order, with what they printed. */

/** One command line as it was run. */
export interface Invocation {
  /** Steps of one tag belong together: what they show was there before the first of them. */
  readonly tag: string;
  readonly cmd: string;
  readonly rc: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly stdin?: string;
  /** What `-S -n` had more, and had no longer, afterwards; the table was put back then. */
  readonly rules_added?: readonly string[];
  readonly rules_removed?: readonly string[];
}

/** One file of them. */
export interface IpvsadmRecording {
  /** Path below the folder. */
  readonly name: string;
  readonly steps: readonly Invocation[];
}

/** Whether something read from a file is such a step. */
export function isInvocation(of: unknown): of is Invocation {
  const fields = Object(of);
  return ["cmd", "stdout", "stderr"].every((name) => typeof fields[name] === "string") && "rc" in fields;
}

/** Steps under one tag, in a row; `from` is the number of the first, from 0. */
export interface Passage {
  readonly from: number;
  readonly steps: readonly Invocation[];
}

/** Take a recording apart where its tag changes. */
export function passagesOf(steps: readonly Invocation[]): Passage[] {
  const starts = steps.flatMap((step, i) => (i === 0 || step.tag !== steps[i - 1]!.tag ? [i] : []));
  return starts.map((from, i) => ({ from, steps: steps.slice(from, starts[i + 1]) }));
}

/** The words of a command line behind `ipvsadm`; undefined: it is another command. */
export function wordsOf({ cmd }: Invocation): string[] | undefined {
  const [name, ...words] = cmd.split(/\s+/).filter((word) => word !== "");
  return name === "ipvsadm" ? words : undefined;
}
