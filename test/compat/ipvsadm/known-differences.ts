/** Where the tool differs from ipvsadm 1.31 on purpose. Each entry recognises its place by the command and what was recorded, and says what must come instead. */
import { inetAton } from "../../../packages/cli/src/ipvsadm/inet-aton.ts";
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
const isRestore = ({ cmd }: Invocation): boolean => /^ipvsadm (-R|--restore)$/.test(cmd);
const isRefused = (ran: Ran): boolean => ran.rc !== 0 && ran.stdout === "" && ran.stderr !== "";

export const readings: readonly Reading[] = [
  {
    name: "an order that nobody asked for",
    because:
      "unsorted, and where the tool's sorting goes in a circle, services come in the document's order; the kernel's comes from where it has a structure in memory",
    see: SEE,
    read: (stdout, { cmd }) =>
      / --nosort\b/.test(cmd) || isCircular(stdout) ? sortServices(stdout) : stdout,
  },
];

/** Real servers stay in their order below their service. */
function sortServices(listing: string): string {
  const [head = "", ...blocks] = blocksOf(listing);
  return head + blocks.toSorted().join("");
}

/** What stands above the services, and each with its real servers. */
const blocksOf = (listing: string): string[] => listing.split(/^(?=TCP|UDP|SCTP|FWM|-A )/m);

/** The tool compares addresses by signed differences: some that are further apart than half of all stand in a circle. */
function isCircular(listing: string): boolean {
  const found = listing.matchAll(/^(?:(?:TCP|UDP|SCTP) +|-A (?:-t|-u|--sctp-service) )([\d.]+):/gm);
  const addresses = [...found].map((match) => inetAton(match[1]!)!);
  return Math.max(...addresses) - Math.min(...addresses) >= 2 ** 31;
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

/** A rule of documents that the kernel has not got: which commands may break it, and what is said to those that do. */
export interface Rule extends Argued {
  readonly command: RegExp;
  readonly refusal: RegExp;
}

const rule = (name: string, because: string, command: RegExp, refusal: RegExp): Rule => ({
  ...{ name, because, see: SEE, command, refusal },
});
const OF_SERVERS = /^ipvsadm (-[ae]|--add-server|--edit-server)/;

export const rules: readonly Rule[] = [
  rule(
    "a real server is no virtual address",
    "packets would come back to where they are sent from; who means this host says so by the loopback",
    OF_SERVERS,
    /is a virtual address, wanted the real server's own/,
  ),
  rule(
    "IPv4 is written as IPv4",
    "mapped into IPv6 an address could not be told from the other: the fast path keeps IPv4 in that form",
    /^ipvsadm (-[AE]|--(add|edit)-service)/,
    /is IPv4-mapped, wanted/,
  ),
];

export const otherAnswers: readonly OtherAnswer[] = [
  {
    name: "comments",
    because: "`ipvsadm-restore` takes them out; without it the tool ends at the first",
    see: SEE,
    about: (step) => isRestore(step) && /^\s*#/m.test(step.stdin ?? ""),
    holds: (step, ran) => step.rc !== 0 && (ran.rc === 0 || /^line \d+: /.test(ran.stderr)),
  },
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
    name: "a net's broadcast address",
    because: "which ones there are depends on a director's interfaces, and a document is all directors'",
    see: SEE,
    about: ({ cmd, rc }) => rc === 255 && /^ipvsadm -a .* -r (?!255\.)[\d.]+\.255( |$)/.test(cmd),
    holds: (_, ran) => ran.rc === 0,
  },
  NO_PROC_FILES,
];

/** Something that the tool complained of is in ours; a line that is no command at all it answers with its usage. */
const isToldIn = (complaints: string, { stderr }: Ran): boolean =>
  complaints.split("\n").some((line) => (line !== "" && stderr.includes(line)) || line.startsWith("Try "));
