import type { Engine } from "@tandem/engine";
import type { NatsTransport } from "@tandem/sync";
import { pino } from "pino";
import { expect, test } from "vitest";
import { startReplication } from "./replication.ts";

/** A transport that only tells whether it is connected. */
function createLine() {
  const watchers = new Set<(isConnected: boolean) => void>();
  const transport: NatsTransport = {
    connection: () => new Promise(() => {}),
    publish() {},
    subscribe: () => () => {},
    isConnected: () => true,
    refusal: () => undefined,
    watch(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    close: async () => {},
  };
  return {
    transport,
    become(isConnected: boolean) {
      for (const changed of watchers) changed(isConnected);
    },
  };
}

test("replication tells of NATS going away, but not when it was closed before", () => {
  const { transport, become } = createLine();
  const lines: string[] = [];
  const told: boolean[] = [];
  const engine = { isTableKept: true, order() {}, onRecords() {}, onReplicaAnswer() {} } as unknown as Engine;
  const link = { cluster: "c", key: new Uint8Array(32), transport };
  const log = pino({ level: "warn" }, { write: (line) => void lines.push(line) });
  const listener = {
    onReadiness() {},
    onLag() {},
    onFollow() {},
    onNats: (is: boolean) => void told.push(is),
  };
  const replication = startReplication({ node: "lb1", link, engine, log }, listener);
  become(false);
  become(true);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("NATS cannot be reached");
  replication.close();
  become(false);
  expect(lines).toHaveLength(1);
  expect(told).toEqual([false, true]);
});
