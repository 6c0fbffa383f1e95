/** Lines of a recording's shell, and what they mean to a director in memory. */
import type { IpvsadmCommand } from "../../packages/cli/src/ipvsadm/command.ts";
import { INTERFACES, type Side } from "./testbed.ts";

/** What came of a line. */
export interface Ran {
  /** Exit status, as ipvsadm has it. */
  readonly exit: number;
  /** What it would say on its error output. */
  readonly message: string;
  /** A command of ipvsadm that reads: the caller answers it. */
  readonly command?: IpvsadmCommand;
}

/** What lines can do. */
export interface Hands {
  ipvsadm(words: readonly string[]): Ran;
  /** False: it is not known. */
  sysctl(name: string, value: number): boolean;
  setMtu(side: Side, bytes: number): void;
}

const DONE: Ran = { exit: 0, message: "" };

type Meaning = (hands: Hands, parts: readonly string[]) => Ran | undefined;

const set: Meaning = (hands, [name, value]) => (hands.sysctl(name!, Number(value)) ? DONE : undefined);

const LINES: readonly (readonly [RegExp, Meaning])[] = [
  [
    /^ipvsadm\b\s*(.*)$/,
    (hands, [words]) => hands.ipvsadm(words!.split(/\s+/).filter((word) => word !== "")),
  ],
  [/^sysctl -w net[./]ipv4[./]vs[./](\w+)=(\d+)$/, set],
  [
    /^echo (\d+) ?> ?\/proc\/sys\/net\/ipv4\/vs\/(\w+)$/,
    (hands, [value, name]) => set(hands, [name!, value!]),
  ],
  [
    /^ip link set (?:dev )?(\S+) mtu (\d+)$/,
    (hands, [link, bytes]) => {
      const side = INTERFACES[link!];
      if (side) hands.setMtu(side, Number(bytes));
      return side && DONE;
    },
  ],
  // routes are asked for each packet anew: there is nothing to flush
  [/^ip (?:-6 )?route flush cache$/, () => DONE],
];

/** Carry out a line. Undefined: it is none that means anything here. */
export function runLine(line: string, hands: Hands): Ran | undefined {
  for (const [pattern, meaning] of LINES) {
    const match = pattern.exec(line.trim());
    if (match) return meaning(hands, match.slice(1));
  }
  return undefined;
}
