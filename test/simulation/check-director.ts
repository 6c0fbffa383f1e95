/** What must be true of a director's memory at any moment between two turns, whatever has happened. */
import { DIRECTION, FLOW_KEY, RECORD } from "../../packages/engine/src/core/layout.ts";
import {
  copyKey,
  isAlive,
  matchesKey,
  type RecordArray,
  readField,
  recordArray,
} from "../../packages/engine/src/core/record.ts";
import { directionsOf, FAMILIES } from "../../packages/engine/src/core/table/connection-table.ts";
import { PROTOCOLS } from "../../packages/engine/src/protocols/transitions.ts";
import type { SimulatedDirector } from "./director.ts";

/** What is wrong with a director, in words; empty if nothing is. */
export function directorProblems(director: SimulatedDirector): string[] {
  const arrays = FAMILIES.map((family) => recordArray(family, director.dataplane.records[family]));
  return [
    ...arrays.flatMap((r) => flowProblems(director, r)),
    ...arrays.flatMap(controllerProblems),
    ...annexProblems(arrays),
    ...sizeProblems(director, arrays),
    ...countProblems(director),
  ];
}

/** Indexes of a family's living records. */
function livingOf(r: RecordArray): number[] {
  const living: number[] = [];
  for (let index = 0; index < r.capacity; index++) if (isAlive(r, index)) living.push(index);
  return living;
}

/** Each flow leads to a living record that has its tuple; each living record has all its flows; there are no others. */
function flowProblems({ dataplane }: SimulatedDirector, r: RecordArray): string[] {
  const problems: string[] = [];
  const flows = new Set<string>();
  const key = new Uint32Array(FLOW_KEY[r.family].size / 4);
  const bytes = new Uint8Array(key.buffer);
  dataplane.scanFlows(r.family, (flow, index, direction) => {
    bytes.set(flow);
    flows.add(bytes.toHex());
    const leads = index < r.capacity && isAlive(r, index) && matchesKey(r, index, direction, key);
    if (!leads) problems.push(`flow ${bytes.toHex()} leads to record ${index}, which is not its`);
  });
  const wanted = new Set<string>();
  for (const index of livingOf(r))
    for (const direction of directionsOf(r, index)) {
      copyKey(r, index, direction, key);
      const name = bytes.toHex();
      if (direction === DIRECTION.input && wanted.has(name)) problems.push(`two records have ${name}`);
      wanted.add(name);
      if (!flows.has(name)) problems.push(`record ${index} has no flow ${name}`);
    }
  if (flows.size !== wanted.size) problems.push(`${flows.size} flows, wanted ${wanted.size}`);
  return problems;
}

/** Nothing hangs on what is not there, or on itself by any way. */
function controllerProblems(r: RecordArray): string[] {
  return livingOf(r).flatMap((index) => {
    let on = readField(r, index, RECORD.controller) - 1;
    for (let steps = 0; on >= 0; steps++) {
      if (!isAlive(r, on)) return [`record ${index} hangs on ${on}, which is dead`];
      if (steps > 2) return [`record ${index} hangs on itself`];
      on = readField(r, on, RECORD.controller) - 1;
    }
    return [];
  });
}

/** An annex is one living record's. */
function annexProblems(arrays: readonly RecordArray[]): string[] {
  const problems: string[] = [];
  const used = new Set<number>();
  for (const r of arrays)
    for (let index = 0; index < r.capacity; index++) {
      const slot = readField(r, index, RECORD.annex);
      if (slot === 0) continue;
      if (!isAlive(r, index)) problems.push(`dead record ${index} has annex ${slot}`);
      if (used.has(slot)) problems.push(`annex ${slot} is used twice`);
      used.add(slot);
    }
  return problems;
}

/** The table knows how full it is. */
function sizeProblems(director: SimulatedDirector, arrays: readonly RecordArray[]): string[] {
  const living = arrays.reduce((sum, r) => sum + livingOf(r).length, 0);
  const { connections } = director.ask("counts", {});
  return connections === living ? [] : [`table counts ${connections} records, of which ${living} live`];
}

/** Destinations count what the records say. */
function countProblems(director: SimulatedDirector): string[] {
  const want = new Map<number, { active: number; inactive: number; persistent: number }>();
  for (const row of director.rows()) {
    const counts = want.get(row.destinationId) ?? { active: 0, inactive: 0, persistent: 0 };
    const states = PROTOCOLS[row.protocol];
    const isActive = states?.activeStates.has(states.stateNames.indexOf(row.state));
    counts[row.isTemplate ? "persistent" : isActive ? "active" : "inactive"]++;
    want.set(row.destinationId, counts);
  }
  const problems: string[] = [];
  for (const { destinations } of director.ask("services", {}))
    for (const d of destinations) {
      const { active, inactive, persistent } = want.get(d.destinationId) ?? NONE;
      const is = `${d.activeConnections}/${d.inactiveConnections}/${d.persistentConnections}`;
      const wanted = `${active}/${inactive}/${persistent}`;
      if (is !== wanted)
        problems.push(
          `destination ${d.destinationId} counts ${is} active/inactive/persistent, wanted ${wanted}`,
        );
    }
  return problems;
}

const NONE = { active: 0, inactive: 0, persistent: 0 };
