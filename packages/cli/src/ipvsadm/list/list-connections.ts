/** `-L -c`: connections and templates, a line each. */
import { formatAddress } from "@tandem/model";
import type { TransportName } from "../command.ts";
import { formatEnd, type Names } from "./names.ts";

/** A connection as the listing knows it. */
export interface ListedConnection {
  readonly protocol: TransportName;
  readonly state: string;
  readonly client: End;
  readonly virtual: End;
  readonly destination: End;
  readonly expiresInSeconds: number;
  /** A template of a firewall mark stands under protocol `IP`, with the mark in the place of the address. */
  readonly templateOfMark?: number | undefined;
  /** What tells clients of a template apart, and how it told this one. */
  readonly engine?: { readonly name: string; readonly data: string } | undefined;
}

interface End {
  readonly address: string;
  readonly port: number;
}

const TITLE = "IPVS connection entries";
const HEADER = "pro expire state       source             virtual            destination";

/** What stands above the lines. */
export const connectionsHeader = (showEngine: boolean): string =>
  `${TITLE}\n${HEADER}${showEngine ? "        pe name          pe_data" : ""}\n`;

/** One line. Ends that are wider than their columns move the rest. */
export function connectionLine(c: ListedConnection, showEngine: boolean, names: Names): string {
  const isOfMark = c.templateOfMark !== undefined;
  const virtual = isOfMark ? { ...c.virtual, address: markAsAddress(c) } : c.virtual;
  const [from, at, to] = [c.client, virtual, c.destination].map((end) =>
    formatEnd(end, isOfMark ? undefined : c.protocol, names),
  ) as [string, string, string];
  const protocol = isOfMark ? "IP" : c.protocol.toUpperCase();
  const begin = `${protocol.padEnd(3)} ${formatExpiry(c.expiresInSeconds)}  ${c.state.padEnd(11)} ${from.padEnd(18)} ${at.padEnd(18)}`;
  if (!showEngine || !c.engine) return `${begin} ${to}\n`;
  return `${begin} ${to.padEnd(16)} ${c.engine.name.padEnd(18)} ${c.engine.data}\n`;
}

/** Minutes without an end, and seconds. */
function formatExpiry(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return [Math.floor(whole / 60), whole % 60].map((n) => String(n).padStart(2, "0")).join(":");
}

/** The mark in the first four bytes of an address of the template's family. */
function markAsAddress({ templateOfMark, virtual }: ListedConnection): string {
  const bytes = new Uint8Array(virtual.address.includes(":") ? 16 : 4);
  new DataView(bytes.buffer).setUint32(0, templateOfMark!);
  return formatAddress(bytes);
}
