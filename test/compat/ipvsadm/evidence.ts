/** What each passage of a recording shows for the first time: its connections, and the counters that they must have led to. */
import { entryKey } from "../entries.ts";
import type { Passage } from "./recording.ts";
import {
  type Counters,
  connectionsIn,
  countersIn,
  countsIn,
  type ServerKey,
  type Sighted,
  zeroedBy,
} from "./sightings.ts";

/** What is known of the moment when a passage begins. */
export interface Evidence {
  /** Its table of connections; undefined: it shows none. */
  readonly table: readonly Sighted[] | undefined;
  /** Those that no earlier passage had. */
  readonly fresh: readonly Sighted[];
  /** Counters since they were last 0. They may be shown later only: until then nothing came. */
  readonly counters: ReadonlyMap<ServerKey, Counters>;
}

/** For each passage. */
export function evidenceOf(passages: readonly Passage[]): Evidence[] {
  const seen = new Set<string>();
  const told = engineDataIn(
    passages.flatMap(({ steps }) => steps.flatMap((step) => connectionsIn(step) ?? [])),
  );
  const withEngineData = (c: Sighted): Sighted => {
    const engineData = told.get(pairOf(c));
    return engineData === undefined ? c : { ...c, engineData };
  };
  const tables = passages.map(({ steps }) => {
    const table = steps.map(connectionsIn).find((each) => each !== undefined);
    const fresh = (table ?? []).filter((c) => isFlow(c) && !seen.has(entryKey(c))).map(withEngineData);
    for (const c of fresh) seen.add(entryKey(c));
    return { table, fresh: fresh.toSorted(byClient) };
  });
  return tables.map((own, i) => {
    const next = tables.findIndex(({ fresh }, at) => at > i && fresh.length > 0);
    return { ...own, counters: countersOf(passages.slice(i, next < 0 ? undefined : next)) };
  });
}

/** Templates have no port; they come with their connections. */
const isFlow = (c: Sighted): boolean => !c.client.endsWith(":0");

const byClient = (a: Sighted, b: Sighted): number =>
  a.client.localeCompare(b.client, "en", { numeric: true });

const pairOf = (c: Sighted): string => `${c.client.slice(0, c.client.lastIndexOf(":"))} ${c.virtual}`;

/** What a template knows, its client's connections have said. */
const engineDataIn = (entries: readonly Sighted[]): Map<string, string> =>
  new Map(entries.flatMap((c) => (c.engineData === undefined ? [] : [[pairOf(c), c.engineData] as const])));

/** The first ones shown of each real server, or exact ones that are shown later of as many packets. */
function countersOf(passages: readonly Passage[]): Map<ServerKey, Counters> {
  const found = new Map<ServerKey, Counters>();
  const zeroed: string[] = [];
  for (const step of passages.flatMap(({ steps }) => steps)) {
    const zero = zeroedBy(step);
    if (zero !== undefined) zeroed.push(zero === "all" ? "" : `${zero} > `);
    for (const [key, counters] of countersIn(step)) {
      const before = found.get(key);
      const isNew = !before || (before.isRounded && !counters.isRounded && hasSamePackets(before, counters));
      if (isNew && !zeroed.some((prefix) => key.startsWith(prefix))) found.set(key, counters);
    }
  }
  return found;
}

const hasSamePackets = (a: Counters, b: Counters): boolean =>
  a.inPackets === b.inPackets && a.outPackets === b.outPackets;

/** How many connections of each real server a passage speaks of itself. */
export function connectionsCounted({ steps }: Passage): Map<ServerKey, number> {
  const all = steps.flatMap((step) => [
    ...[...countersIn(step)].map(([key, { connections }]) => [key, connections] as const),
    ...[...countsIn(step)].map(([key, [active, inactive]]) => [key, active + inactive] as const),
  ]);
  return new Map(
    [...Map.groupBy(all, ([key]) => key)].map(([key, own]) => [key, Math.max(...own.map(([, n]) => n))]),
  );
}
