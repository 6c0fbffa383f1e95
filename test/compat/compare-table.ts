/** Connection tables as they were recorded, beside ours. */
import { formatAddress, maskBytes, parseAddress, type ServiceSpec } from "@tandem/model";
import type { Director } from "./director.ts";
import { type Entry, entryKey, entryOf, readEntry, readProcEntry, tablesBeside } from "./entries.ts";
import type { Place } from "./ledger.ts";
import type { BehaviourStep } from "./recordings.ts";
import type { Scene } from "./scene.ts";

/** Name of a step's field that holds a connection table; undefined: the step is none. */
export const tableField = (step: BehaviourStep): string | undefined =>
  Object.keys(step).find((key) => key.includes("ip_vs_conn"));

/** Compare a recorded table with ours. False: it differs. */
export function replayTable(step: BehaviourStep, at: Place, scene: Scene): boolean {
  const field = tableField(step)!;
  const lines = (step[field] as unknown[]).map(String);
  const theirs = lines.map((line) => readEntry(line) ?? readProcEntry(line));
  if (theirs.includes(undefined))
    return scene.ledger.cannot(at.step, `unknown entry "${lines[theirs.indexOf(undefined)]}"`);
  const address = /of (\S+)$/.exec(field)?.[1];
  const hex = /^grep (\S+)/.exec(field)?.[1];
  const isShown = (e: Entry) =>
    (address === undefined || e.client.startsWith(`${address}:`)) && (!hex || hasPort(e, hex));
  return compareTable(theirs as Entry[], { ...at, what: "connections" }, scene, isShown);
}

const hasPort = (e: Entry, hex: string): boolean =>
  [e.client, e.virtual, e.destination].some((end) => end.endsWith(`:${Number.parseInt(hex, 16)}`));

/** Steps of a recording that may have taken a second by themselves. */
const STEPS_PER_SECOND = 25;

/** Our table beside a recorded one, without the connections of other cases that lived when it was recorded. */
export function compareTable(
  recorded: readonly Entry[],
  at: Place,
  { director, ledger, clients }: Scene,
  isShown: (e: Entry) => boolean = () => true,
): boolean {
  const ours = director.connections().map(entryOf).filter(isShown);
  const own = new Set(ours.map(entryKey));
  const isOfCase = (e: Entry) =>
    own.has(entryKey(e)) || clients.has(e.client) || isTemplateOf(director, clients, e);
  const slack = Math.floor(Number.parseInt(at.step, 10) / STEPS_PER_SECOND);
  return ledger.compare({ ...at, ...tablesBeside(ours, recorded.filter(isOfCase), slack) });
}

/** Whether an entry is the template of a client that has sent something to a service of the case. */
function isTemplateOf({ spec }: Director, clients: ReadonlySet<string>, e: Entry): boolean {
  if (!e.client.endsWith(":0")) return false;
  const net = e.client.slice(0, -2);
  const addresses = [...clients].map((end) => end.slice(0, end.lastIndexOf(":")));
  const templateEnds = spec.services
    .filter((s) => addresses.some((address) => netOf(address, s.persistence?.prefix) === net))
    .flatMap(endsOf);
  return templateEnds.includes(`${e.protocol} ${e.virtual}`);
}

/** What a service's templates are for: its port, or every port; or none any more. */
function endsOf({ protocol, address, port, mark }: ServiceSpec): string[] {
  const name = mark === undefined ? `${protocol.toUpperCase()} ${address}` : `IP ${markAddress(mark)}`;
  return [port === FTP_PORT ? 0 : port, RETIRED_PORT].map((p) => `${name}:${p}`);
}

const FTP_PORT = 21;
/** Port of templates that may not be used any more. */
const RETIRED_PORT = 65_535;

const netOf = (address: string, bits: number | undefined): string =>
  formatAddress(maskBytes(parseAddress(address)!, bits ?? 128));

/** A mark as the tool shows it: an address. */
const markAddress = (mark: number): string =>
  formatAddress(Uint8Array.of(mark >>> 24, mark >>> 16, mark >>> 8, mark));
