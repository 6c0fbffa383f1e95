/** Folders of recordings: every file of cases below one, whatever it is called. What a case is, is told by its fields. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type IpvsadmRecording, isInvocation } from "./ipvsadm/recording.ts";

/** A decision sequence (`sched/`). */
export interface SchedulerCase {
  readonly sched: string;
  readonly mode: string;
  readonly flags?: string | null;
  readonly note?: string;
  readonly pattern?: string;
  readonly commands: readonly string[];
  readonly realservers: readonly string[];
  readonly steps: readonly SchedulerStep[];
}

/** One decision. */
export interface SchedulerStep {
  readonly src: string;
  readonly dst: string;
  readonly chosen: number | null;
  readonly active_inact_before?: readonly (readonly [number, number] | null)[];
  readonly commands_before_step?: readonly string[];
  readonly reply?: readonly string[];
}

/** A flow by its packets in words (`states/`). */
export interface FlowCase {
  readonly name: string;
  readonly proto: "tcp" | "udp" | "sctp";
  readonly method: string;
  readonly commands: readonly string[];
  readonly sysctl?: Readonly<Record<string, number | string>>;
  readonly client: string;
  readonly virtual: string;
  readonly real: string;
  readonly steps: readonly FlowStep[];
}

/** A packet or a pause, and the connection after it. */
export interface FlowStep {
  readonly packet?: string;
  readonly sleep?: number;
  readonly command?: string;
  readonly conn?: string | null;
  readonly out?: readonly string[];
  readonly active_inact?: readonly (readonly [number, number] | null)[];
  readonly note?: string;
}

/** One cell of the TCP grid (`states/tcp_matrix…`). */
export interface CellCase {
  readonly method: string;
  readonly recipe: string;
  readonly state_before: string | null;
  readonly expires_before: number | null;
  readonly packet: string;
  readonly state_after: string | null;
  readonly expires_after: number | null;
  readonly forwarded: readonly string[];
}

/** Steps in order (`behaviour/`). */
export interface BehaviourCase {
  readonly case: string;
  readonly note?: string;
  readonly steps: readonly BehaviourStep[];
}

/** A command, a setting, a packet, a pause or a listing; which one, the fields say. */
export type BehaviourStep = Readonly<Record<string, unknown>>;

/** Cases by kind. */
export type Recorded =
  | { readonly kind: "scheduler"; readonly of: SchedulerCase }
  | { readonly kind: "flow"; readonly of: FlowCase }
  | { readonly kind: "cell"; readonly of: CellCase }
  | { readonly kind: "behaviour"; readonly of: BehaviourCase }
  | { readonly kind: "unknown"; readonly of: unknown; readonly why: string };

/** One file of cases. */
export interface RecordingFile {
  /** Path below the folder. */
  readonly name: string;
  readonly cases: readonly Recorded[];
}

/** What a folder holds. */
export interface Recordings {
  readonly files: readonly RecordingFile[];
  /** Of the tool itself. */
  readonly ofTool: readonly IpvsadmRecording[];
}

/** Folders whose recordings belong to other work: kernel messages of the tool, synchronisation, keepalived. */
const NOT_REPLAYED = new Set(["netlink", "sync", "keepalived"]);

/** Read all that can be replayed below a folder: `.json` and `.json.gz`. A file that holds no list of cases is left out. */
export function readRecordings(folder: string): Recordings {
  const all = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.json(\.gz)?$/.test(path) && !NOT_REPLAYED.has(path.split("/")[0]!))
    .toSorted()
    .map((path) => ({ name: path.replace(/\.gz$/, ""), cases: readCases(join(folder, path)) }))
    .filter((file): file is { name: string; cases: unknown[] } => Array.isArray(file.cases));
  const isOfTool = ({ cases }: { cases: unknown[] }) => cases.length > 0 && cases.every(isInvocation);
  return {
    files: all
      .filter((file) => !isOfTool(file))
      .map(({ name, cases }) => ({ name, cases: cases.map(kindOf) })),
    ofTool: all.flatMap(({ name, cases }) =>
      cases.length > 0 && cases.every(isInvocation) ? [{ name, steps: cases }] : [],
    ),
  };
}

/** What a file holds; of one that cannot be read, a single case that says why. */
function readCases(path: string): unknown {
  try {
    const bytes = readFileSync(path);
    const text = path.endsWith(".gz") ? gunzipSync(bytes) : bytes;
    return JSON.parse(text.toString("utf8"));
  } catch (error) {
    return [{ unreadable: (error as Error).message }];
  }
}

function kindOf(of: unknown): Recorded {
  const fieldOf = (name: string): unknown => Object(of)[name];
  const has = (...fields: string[]) => fields.every((f) => fieldOf(f) !== undefined);
  const hasLists = (...fields: string[]) => fields.every((f) => Array.isArray(fieldOf(f)));
  if (has("sched") && hasLists("steps", "commands", "realservers"))
    return { kind: "scheduler", of: of as SchedulerCase };
  if (has("recipe", "packet")) return { kind: "cell", of: of as CellCase };
  if (has("proto", "client", "virtual") && hasLists("steps")) return { kind: "flow", of: of as FlowCase };
  if (has("case") && hasLists("steps")) return { kind: "behaviour", of: of as BehaviourCase };
  return { kind: "unknown", of, why: String(fieldOf("unreadable") ?? "unknown kind of recording") };
}
