/** What a recording shows of connections and counters. */
import { type Entry, readListedEntry, readProcEntry } from "../entries.ts";
import { type Invocation, wordsOf } from "./recording.ts";

/** A connection, and what its persistence engine knows of it. */
export interface Sighted extends Entry {
  readonly engineData?: string;
}

/** Counters of a real server since they were last 0. */
export interface Counters {
  readonly connections: number;
  readonly inPackets: number;
  readonly outPackets: number;
  readonly inBytes: number;
  readonly outBytes: number;
  /** Some of them in thousands. */
  readonly isRounded?: boolean;
}

/** A table of all connections, with numbers; undefined: the step shows none. */
export function connectionsIn({ cmd, stdout }: Invocation): Sighted[] | undefined {
  const isProc = cmd === "cat /proc/net/ip_vs_conn";
  if (!isProc && !(/^pro expire state/m.test(stdout) && isNumeric(cmd))) return undefined;
  return stdout.split("\n").flatMap((line) => {
    const entry = isProc ? readProcEntry(line) : readListedEntry(line);
    const engineData = / sip +(\S+)$/.exec(line)?.[1];
    return entry ? [{ ...entry, ...(engineData !== undefined && { engineData }) }] : [];
  });
}

const isNumeric = (cmd: string): boolean =>
  cmd.split(" ").some((word) => /^-[A-Za-z]*n/.test(word) || word === "--numeric");

/** Names a real server of a service, as listings with numbers do: `TCP 10.0.0.100:80 > 192.168.1.11:80`. */
export type ServerKey = string;

/** Counters of `--stats`, by real server. */
export const countersIn = (step: Invocation): Map<ServerKey, Counters> =>
  step.stdout.includes(" Conns   InPkts  OutPkts  InBytes OutBytes\n") && isNumeric(step.cmd)
    ? serversIn(step.stdout, /((?: +\d+K?){5})$/, (columns) => {
        const [connections, inPackets, outPackets, inBytes, outBytes] = columns.map(readCounter) as number[];
        const isRounded = columns.some((text) => text.endsWith("K"));
        return { connections, inPackets, outPackets, inBytes, outBytes, isRounded } as Counters;
      })
    : new Map();

const readCounter = (text: string): number => Number.parseInt(text, 10) * (text.endsWith("K") ? 1000 : 1);

/** Active and inactive connections, by real server. */
export const countsIn = (step: Invocation): Map<ServerKey, readonly [active: number, inactive: number]> =>
  /ActiveConn InActConn ?\n/.test(step.stdout) && isNumeric(step.cmd)
    ? serversIn(step.stdout, /((?: +\d+){2}) *$/, ([active, inactive]) => [Number(active), Number(inactive)])
    : new Map();

function serversIn<T>(
  listing: string,
  columns: RegExp,
  read: (columns: readonly string[]) => T,
): Map<ServerKey, T> {
  const found = new Map<ServerKey, T>();
  let service = "";
  for (const line of listing.split("\n")) {
    const [, protocol, end] = /^(TCP|UDP|SCTP|FWM) +(\S+(?: IPv6)?)/.exec(line) ?? [];
    if (protocol) service = `${protocol} ${end}`;
    const server = /^ {2}-> (\S+)/.exec(line)?.[1];
    const numbers = columns.exec(line)?.[1];
    if (server && numbers && !server.startsWith("Remote"))
      found.set(`${service} > ${server}`, read(numbers.trim().split(/ +/)));
  }
  return found;
}

/** Whose counters a step lets start anew: a service as in keys; "all"; undefined: nobody's. */
export function zeroedBy(step: Invocation): string | undefined {
  const words = wordsOf(step) ?? [];
  if (step.rc !== 0 || !words.some((word) => word === "-Z" || word === "--zero")) return undefined;
  const at = words.findIndex((word) => word in PROTOCOLS);
  if (at < 0) return "all";
  const name = `${PROTOCOLS[words[at]!]} ${words[at + 1]}`;
  return words.includes("-6") ? `${name} IPv6` : name;
}

const PROTOCOLS: Readonly<Record<string, string>> = {
  "-t": "TCP",
  "--tcp-service": "TCP",
  "-u": "UDP",
  "--udp-service": "UDP",
  "--sctp-service": "SCTP",
  "-f": "FWM",
  "--fwmark-service": "FWM",
};
