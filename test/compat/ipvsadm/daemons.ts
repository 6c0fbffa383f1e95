/** Sync daemons as a recording shows them. Steps may be missing from it: where it shows others than its own commands would have left, these were started or stopped in between. */
import { type Invocation, wordsOf } from "./recording.ts";

type Role = "master" | "backup";

/** Follows a recording step by step. */
export interface DaemonLog {
  /** Command lines, in words, that must have been run before a step. */
  missingBefore(step: Invocation): readonly (readonly string[])[];
  /** Take note of what a step did, or showed. */
  note(step: Invocation): void;
}

/** Begin without daemons. */
export function createDaemonLog(): DaemonLog {
  /** What a daemon was shown to be; "": it was started, and not shown since. */
  const running = new Map<Role, string>();

  return {
    missingBefore(step) {
      const seen = seeing(step);
      if (!seen) return [];
      const isAsLeft = ROLES.every((role) => {
        const [left, shown] = [running.get(role), seen.before.get(role)];
        return shown === undefined
          ? (!seen.isAll && !seen.absent.has(role)) || left === undefined
          : left === "" || left === shown;
      });
      if (isAsLeft) return [];
      const stops = [...running.keys()].filter(
        (role) => seen.isAll || seen.absent.has(role) || seen.before.has(role),
      );
      const starts = [...seen.before].map(([role, line]) => startWords(role, line));
      for (const role of stops) running.delete(role);
      for (const [role, line] of seen.before) running.set(role, line);
      return [...stops.map((role) => ["--stop-daemon", role]), ...starts];
    },
    note(step) {
      const words = wordsOf(step) ?? [];
      const role = ROLES.find((each) => words.includes(each));
      if (isListing(step)) {
        running.clear();
        for (const [each, line] of shownBy(step)) running.set(each, line);
      } else if (role && step.rc === 0) {
        if (words.includes("--start-daemon")) running.set(role, "");
        if (words.includes("--stop-daemon")) running.delete(role);
      }
    },
  };
}

const ROLES: readonly Role[] = ["master", "backup"];

/** What a step tells of the moment before it. */
interface Seen {
  readonly before: ReadonlyMap<Role, string>;
  readonly absent: ReadonlySet<Role>;
  /** Nothing else ran. */
  readonly isAll: boolean;
}

function seeing(step: Invocation): Seen | undefined {
  const none = new Map<Role, string>();
  if (isListing(step)) return { before: shownBy(step), absent: new Set(), isAll: true };
  const words = wordsOf(step) ?? [];
  const role = ROLES.find((each) => words.includes(each));
  if (!role) return undefined;
  const isStart = words.includes("--start-daemon");
  if (!isStart && !words.includes("--stop-daemon")) return undefined;
  const wasThere = isStart ? /already run/.test(step.stderr) : step.rc === 0;
  const wasAbsent = isStart ? step.rc === 0 : /No daemon/.test(step.stderr);
  if (wasThere) return { before: new Map([[role, ""]]), absent: new Set(), isAll: false };
  return wasAbsent ? { before: none, absent: new Set([role]), isAll: false } : undefined;
}

const isListing = (step: Invocation): boolean =>
  step.rc === 0 && (wordsOf(step) ?? []).some((word) => word === "--daemon");

const shownBy = ({ stdout }: Invocation): Map<Role, string> =>
  new Map(
    stdout.split("\n").flatMap((line) => {
      const role = ROLES.find((each) => line.startsWith(`${each} sync daemon`));
      return role ? [[role, line] as const] : [];
    }),
  );

const OPTIONS: readonly (readonly [field: string, option: string])[] = [
  ["mcast", "--mcast-interface"],
  ["syncid", "--syncid"],
  ["maxlen", "--sync-maxlen"],
  ["group", "--mcast-group"],
  ["port", "--mcast-port"],
  ["ttl", "--mcast-ttl"],
];

/** Of `master sync daemon (mcast=dc0, syncid=7, …)`; of "", any. */
function startWords(role: Role, line: string): string[] {
  const told = OPTIONS.flatMap(([field, option]) => {
    const value = new RegExp(`[(, ]${field}=([^,)]+)`).exec(line)?.[1];
    return value === undefined ? [] : [option, value];
  });
  return ["--start-daemon", role, ...(told.length > 0 ? told : ["--mcast-interface", "dc0"])];
}
