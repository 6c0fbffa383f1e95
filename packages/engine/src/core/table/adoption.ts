/** Taking over what a former daemon left: records and flow entries agree again afterwards, whichever step it died in. */
import type { DataPlane } from "../../dataplane/dataplane.ts";
import { DIRECTION, FLOW_KEY, RECORD } from "../layout.ts";
import type { Connections } from "../life/connections.ts";
import {
  copyKey,
  isAlive,
  matchesKey,
  type RecordArray,
  raiseGeneration,
  readField,
  UNKNOWN_PEER,
  writeField,
} from "../record.ts";
import { directionsOf, FAMILIES } from "./connection-table.ts";

/** What adoption found, over both families. */
export interface Adoption {
  /** Records that live on. */
  adopted: number;
  /** Records without all their flows, and flows without their record: gone now. */
  repaired: number;
}

/**
 * Adopt living records that have all their flows, end those that have not, and queue the deletion of flows that lead to no such record.
 * The services must be known; the caller flushes the flows.
 */
export function adoptConnections(dataplane: DataPlane, connections: Connections): Adoption {
  let repaired = 0;
  for (const family of FAMILIES) repaired += mendFamily(dataplane, connections.table.records[family]);
  for (const family of FAMILIES) adoptFamily(dataplane.now(), connections, family);
  connections.table.finishAdoption();
  return { adopted: connections.table.size, repaired };
}

/** Make flows and records of one family agree. Returns how many did not. */
function mendFamily(dataplane: DataPlane, r: RecordArray): number {
  const seen = new Uint8Array(r.capacity);
  const orphans: Uint8Array[] = [];
  const key = new Uint32Array(FLOW_KEY[r.family].size / 4);
  const keyBytes = new Uint8Array(key.buffer);
  dataplane.scanFlows(r.family, (bytes, index, direction) => {
    keyBytes.set(bytes);
    const leads = index < r.capacity && isAlive(r, index) && matchesKey(r, index, direction, key);
    if (leads) seen[index]! |= 1 << direction;
    else orphans.push(keyBytes.slice());
  });
  let repaired = orphans.length;
  for (const orphan of orphans) dataplane.deleteFlow(r.family, orphan);
  for (let index = 0; index < r.capacity; index++) {
    if (!isAlive(r, index) || seen[index] === flowsOf(r, index)) continue;
    raiseGeneration(r, index);
    for (const direction of [DIRECTION.input, DIRECTION.output]) {
      if ((seen[index]! & (1 << direction)) === 0) continue;
      copyKey(r, index, direction, key);
      dataplane.deleteFlow(r.family, keyBytes);
    }
    repaired++;
  }
  return repaired;
}

/** The directions, as bits, in which a living record must have flows. */
const flowsOf = (r: RecordArray, index: number): number =>
  directionsOf(r, index).reduce((bits, direction) => bits | (1 << direction), 0);

function adoptFamily(now: number, connections: Connections, family: 4 | 6): void {
  const r = connections.table.records[family];
  for (let index = 0; index < r.capacity; index++) {
    if (!isAlive(r, index)) continue;
    if (readField(r, index, RECORD.owner) !== 0) writeField(r, index, RECORD.owner, UNKNOWN_PEER);
    connections.table.adopt(family, index);
    connections.adopted(family, index, now);
  }
}
