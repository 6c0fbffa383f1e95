/** Connection entries as /proc/net/ip_vs_conn and `ipvsadm -Lnc` show them, ours and recorded, in one notation. */
import { canonicalAddress } from "@tandem/model";
import type { ConnectionRow } from "../../packages/engine/src/forwarder-protocol.ts";

/** One entry. Ends are `address:port`; a template has port 0, and one of a firewall mark stands under protocol `IP`. */
export interface Entry {
  readonly protocol: string;
  readonly client: string;
  readonly virtual: string;
  readonly destination: string;
  readonly state: string;
  readonly expires: number;
}

/** `10.0.0.1:80`, `[fd00::1]:80` or `fd00::1:80` in one notation. */
export function endIn(text: string): string {
  const at = text.lastIndexOf(":");
  const address = text.slice(0, at).replace(/^\[|\]$/g, "");
  return `${canonicalAddress(address) ?? address}:${text.slice(at + 1)}`;
}

/** `TCP 10.1.0.5:1 10.0.0.100:80 192.168.1.11:80 ESTABLISHED expires=899 [pe …]`. */
export function readEntry(line: string): Entry | undefined {
  const match = /^(\S+) (\S+) (\S+) (\S+) (\S+) expires=(\d+)/.exec(line);
  if (!match) return undefined;
  const [, protocol, client, virtual, destination, state, expires] = match as string[];
  const ends = { client: endIn(client!), virtual: endIn(virtual!), destination: endIn(destination!) };
  return { protocol: protocol!, ...ends, state: state!, expires: Number(expires) };
}

/** `TCP 14:44  ESTABLISHED 10.1.0.5:1 10.0.0.100:80 192.168.1.11:80 [pe …]`, as `ipvsadm -Lnc` shows it. */
export function readListedEntry(line: string): Entry | undefined {
  const match = /^(\S+)\s+(\d+):(\d\d)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)/.exec(line);
  if (!match) return undefined;
  const [, protocol, minutes, seconds, state, client, virtual, destination] = match as string[];
  const ends = { client: endIn(client!), virtual: endIn(virtual!), destination: endIn(destination!) };
  return { protocol: protocol!, ...ends, state: state!, expires: Number(minutes) * 60 + Number(seconds) };
}

/** `UDP 0A010B02 13C4 0A000064 13C4 C0A8010C 13C4 UDP 299`, as the kernel's own file has it. */
export function readProcEntry(line: string): Entry | undefined {
  const match = /^(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\d+)/.exec(line);
  if (!match) return undefined;
  const [, protocol, ca, cp, va, vp, da, dp, state, expires] = match as string[];
  const ends = { client: hexEnd(ca!, cp!), virtual: hexEnd(va!, vp!), destination: hexEnd(da!, dp!) };
  return { protocol: protocol!, ...ends, state: state!, expires: Number(expires) };
}

function hexEnd(address: string, port: string): string {
  const text = address.includes(":")
    ? canonicalAddress(address)
    : (address.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).join(".");
  return `${text}:${Number.parseInt(port, 16)}`;
}

const PROTOCOL_NAMES: Readonly<Record<number, string>> = { 0: "IP", 6: "TCP", 17: "UDP", 132: "SCTP" };

/** One of our own. */
export const entryOf = (row: ConnectionRow): Entry => ({
  protocol: PROTOCOL_NAMES[row.protocol] ?? String(row.protocol),
  client: `${row.client}:${row.clientPort}`,
  virtual: `${row.virtual}:${row.virtualPort}`,
  destination: `${row.destination}:${row.destinationPort}`,
  state: row.state,
  expires: row.expiresInSeconds,
});

/** What names an entry. */
export const entryKey = (e: Pick<Entry, "protocol" | "client" | "virtual">): string =>
  `${e.protocol} ${e.client} ${e.virtual}`;

/** Seconds by which two remaining times may differ: steps took time when they were recorded, and whole seconds are shown. */
const SLACK_SECONDS = 1;

const isNear = (ours: number, theirs: number, slack: number): boolean =>
  Math.abs(ours - theirs) <= SLACK_SECONDS + slack;

/**
 * Our connection in the words of a recorded one, `ESTABLISHED expires=899` or `none`: with the recorded time where ours is near enough. One that has less than a
 * second to live may just as well be gone: the kernel's timers fire late.
 */
export function stateBeside(ours: Entry | undefined, recorded: string): string {
  const theirs = /^(\S+) expires=(\d+)/.exec(recorded);
  const seconds = theirs ? Number(theirs[2]) : undefined;
  if (!ours) return seconds === 0 ? recorded : "none";
  if (seconds === undefined) return ours.expires === 0 ? recorded : `${ours.state} expires=${ours.expires}`;
  return `${ours.state} expires=${isNear(ours.expires, seconds, 0) ? seconds : ours.expires}`;
}

/** In the words of the recordings. */
const entryText = (e: Entry): string => `${entryKey(e)} ${e.destination} ${e.state} expires=${e.expires}`;

/**
 * Both tables as sorted lines, ours with the recorded times where they are near enough; what has less than a second to live and is missing on the other side is left out.
 *
 * @param slack seconds more by which times may differ
 */
export function tablesBeside(ours: readonly Entry[], theirs: readonly Entry[], slack = 0) {
  const byKey = new Map(theirs.map((e) => [entryKey(e), e]));
  const ownKeys = new Set(ours.map(entryKey));
  const got = ours
    .filter((e) => byKey.has(entryKey(e)) || e.expires > 0)
    .map((e) => {
      const recorded = byKey.get(entryKey(e))?.expires;
      return recorded !== undefined && isNear(e.expires, recorded, slack) ? { ...e, expires: recorded } : e;
    });
  const wanted = theirs.filter((e) => ownKeys.has(entryKey(e)) || e.expires > 0);
  return { wanted: wanted.map(entryText).toSorted(), got: got.map(entryText).toSorted() };
}
