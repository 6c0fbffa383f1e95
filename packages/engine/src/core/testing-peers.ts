/** Directors that hear of each other's connections, without a network. */
import { type ConnectionRecord, createConnectionRecord, decodeConnection } from "@tandem/model";
import { createTestDirector, type TestDirector } from "./testing.ts";

/** The slot under which a director knows its peer. */
export const PEER = 3;

/** Two directors with the same configuration, and the same clock to begin with. */
export function createTestPeers(services: unknown[], more?: object): [TestDirector, TestDirector] {
  const start = (): TestDirector => {
    const d = createTestDirector({ capacity: 64 });
    d.configure(services, more);
    d.clock.now = 100_000;
    return d;
  };
  return [start(), start()];
}

/** A director is told records that were true `delayTicks` ago. */
export function hear(d: TestDirector, records: Uint8Array, delayTicks = 0): void {
  d.replica.apply({ peer: PEER, records, delayTicks }, d.clock.now);
  d.dataplane.flushFlows(() => {
    throw new Error("invariant: no room for a flow");
  });
}

/** Tell `to` what `from` has to say. Returns how many records. */
export function tell(from: TestDirector, to: TestDirector, delayTicks = 0): number {
  const batch = from.publisher.take();
  if (batch) hear(to, batch.records, delayTicks);
  return batch?.count ?? 0;
}

/** What became of the records that a director was told. */
export const outcomesOf = (d: TestDirector): Record<string, number> =>
  Object.fromEntries([...d.replica.outcomes].filter(([, n]) => n > 0));

/** Records, one by one. */
export function recordsIn(records: Uint8Array): ConnectionRecord[] {
  const all: ConnectionRecord[] = [];
  for (let at = 0; at < records.length; ) {
    const r = createConnectionRecord();
    at = decodeConnection(records, at, r);
    all.push(r);
  }
  return all;
}

/** What a director has to say. */
export const saidBy = (d: TestDirector): ConnectionRecord[] =>
  recordsIn(d.publisher.take()?.records ?? new Uint8Array());
