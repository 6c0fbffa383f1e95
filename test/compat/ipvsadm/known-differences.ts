/** Where the tool differs from ipvsadm 1.31 on purpose. Each entry recognises its place by the command and what was recorded, and says what must come instead. */
import type { Invocation } from "./recording.ts";
import type { Ran } from "./world.ts";

/** One argued difference. */
interface Argued {
  readonly name: string;
  readonly because: string;
  /** Where it is argued. */
  readonly see: string;
}

/** What we print says the same in other words: read so, both are alike. */
export interface Reading extends Argued {
  /** Standard output without what differs. */
  read(stdout: string, step: Invocation): string;
}

/** A command that we answer otherwise, and how. */
export interface OtherAnswer extends Argued {
  /** Whether this is a place where we differ. */
  about(step: Invocation): boolean;
  /** Whether what came is what we mean to do there. */
  holds(step: Invocation, ran: Ran): boolean;
}

const SEE = "docs/ipvsadm.md";
const isRestore = ({ cmd }: Invocation): boolean => /^ipvsadm (-R|--restore)\b/.test(cmd);
const isRefused = (ran: Ran): boolean => ran.rc !== 0 && ran.stdout === "" && ran.stderr !== "";

/** A loopback address or its name as the end of a real server's line, with how packets get there. */
const LOOPBACK_ROW =
  /^( {2}-> (?:127\.|\[?::1\]?:|localhost:)\S* +)(?:Masq {3}|Route {2}|Tunnel |Local {2})/gm;
const LOOPBACK_LINE = /( -r (?:127\.|\[::1\]|localhost:)\S*) -[mgi]( -w \d+)(?: --tun-.*)?$/gm;
export const readings: readonly Reading[] = [
  {
    name: "a real server on the loopback is local",
    because: "documents say so, whichever method was asked for: packets for it do not leave this host",
    see: "docs/adr/0013-local-destinations-answer-for-themselves.md",
    read: (stdout) => stdout.replace(LOOPBACK_ROW, "$1Local   ").replace(LOOPBACK_LINE, "$1 -g$2"),
  },
  {
    name: "an order that nobody asked for",
    because:
      "unsorted, services come in the document's order; the kernel's comes from where it has a structure in memory",
    see: SEE,
    read: (stdout, { cmd }) => (/ --nosort\b/.test(cmd) ? sortServices(stdout) : stdout),
  },
];

/** Real servers stay in their order below their service. */
function sortServices(listing: string): string {
  const [head = "", ...blocks] = listing.split(/^(?=TCP|UDP|SCTP|FWM)/m);
  return head + blocks.toSorted().join("");
}

/** What is read of the kernel beside the tool. */
export const NO_PROC_FILES: OtherAnswer = {
  name: "no files in /proc",
  because:
    "services live in a process, not in the kernel; `tandem status`, `tandem connections` and the metrics say what these files said",
  see: SEE,
  about: ({ cmd }) => cmd.startsWith("cat /proc/net/ip_vs"),
  holds: () => true,
};

export const otherAnswers: readonly OtherAnswer[] = [
  {
    name: "restore is all or nothing",
    because:
      "lines that cannot be carried out leave the table as it was, and are named; the tool has done half of it by then, or goes on",
    see: SEE,
    about: (step) => isRestore(step) && step.stdin !== undefined && step.stderr !== "",
    holds: (step, ran) =>
      isRefused(ran) &&
      /^line \d+: [\s\S]*\nNothing was restored\n$/.test(ran.stderr) &&
      isToldIn(step.stderr, ran),
  },
  {
    name: "a virtual address is one host's",
    because:
      "nobody can be reached at an unspecified, multicast or broadcast address: it is refused, and why is said",
    see: SEE,
    about: ({ cmd, rc }) =>
      rc === 0 && /^ipvsadm -A -[tu] (0\.0\.0\.0|2(2[4-9]|[345]\d)\.[\d.]+|\[ff[^\]]*\]|\[::\]):/.test(cmd),
    holds: (_, ran) =>
      isRefused(ran) && /wanted (the address of one host|a virtual address)/.test(ran.stderr),
  },
  {
    name: "a network for persistence has a prefix",
    because:
      "a mask of 0 puts all clients into one network and so on one server, which is what the scheduler fo is for",
    see: SEE,
    about: ({ cmd, rc }) =>
      rc === 0 && / (-M|--netmask) 0\.0\.0\.0\b/.test(cmd) && / (-p|--persistent)\b/.test(cmd),
    holds: (_, ran) => isRefused(ran) && /wanted a whole number from 1/.test(ran.stderr),
  },
  NO_PROC_FILES,
];

/** The tool's own complaint is in ours; a line that is no command at all it answers with its usage. */
const isToldIn = (complaint: string, { stderr }: Ran): boolean =>
  stderr.includes(complaint.trimEnd()) || complaint.startsWith("Try ");
