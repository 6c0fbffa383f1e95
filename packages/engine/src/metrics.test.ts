import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleServices, sampleStatus } from "./api/testing/sample-node.ts";
import type { MetricsSource } from "./metric-row.ts";
import { METRICS } from "./metric-table.ts";
import { createMetrics } from "./metrics.ts";

const source = (overrides: Partial<MetricsSource> = {}): MetricsSource => ({
  status: async () => sampleStatus,
  services: async () => sampleServices,
  checkAges: () => new Map([[2, 1.5]]),
  evicted: async () => ({ nearly_full: 47, drop_entry: 48 }),
  refusedCalls: () => ({ unknown_call: 49 }),
  replication: async () => ({
    refused: { forged: 31, replayed: 32 },
    happened: {
      framesSent: 33,
      framesReceived: 34,
      bytesSent: 35,
      bytesReceived: 36,
      recordsSent: 37,
      recordsReceived: 38,
      gaps: 39,
      replaysRequested: 40,
      framesReplayed: 41,
      snapshotsRequested: 42,
      snapshotsServed: 43,
      digestsCompared: 44,
      bucketsRepaired: 45,
    },
    merged: new Map([["inserted", 46]]),
  }),
  ...overrides,
});

async function scrape(from: MetricsSource): Promise<string[]> {
  return (await createMetrics(from).scrape()).split("\n").filter((line) => !line.startsWith("#"));
}

const service = 'service="mark 4294967295 ipv4"';
const idle = 'service="tcp 192.0.2.10:80"';
const destination = `${service},destination="10.0.0.1:8080"`;

test("a scrape says everything about a node, with its units", async () => {
  const ours = (await scrape(source())).filter((line) => line.startsWith("tandem_"));
  expect(ours).toEqual([
    "tandem_engine_up 1",
    'tandem_build{node="d1",version="0.1.0"} 1',
    'tandem_role{role="active"} 1',
    'tandem_role{role="standby"} 0',
    'tandem_role{role="fault"} 0',
    'tandem_role{role="standalone"} 0',
    "tandem_role_start_time_seconds 1790000000.123",
    "tandem_forwarding 1",
    "tandem_maintenance 0",
    "tandem_alarms 1",
    "tandem_config_revision 42",
    "tandem_connections 1203",
    "tandem_connections_capacity 1048576",
    'tandem_connections_evicted_total{cause="nearly_full"} 47',
    'tandem_connections_evicted_total{cause="drop_entry"} 48',
    'tandem_packets_total{reason="forwarded",verdict="forward"} 9007199254740991',
    'tandem_packets_total{reason="mid_stream",verdict="drop"} 12',
    'tandem_sync_state{state="off"} 0',
    'tandem_sync_state{state="alone"} 0',
    'tandem_sync_state{state="joining"} 0',
    'tandem_sync_state{state="loading"} 0',
    'tandem_sync_state{state="live"} 0',
    'tandem_sync_state{state="repairing"} 1',
    "tandem_nats_connected 1",
    ...peerStates("d2", "live"),
    ...peerStates("d3", "lost"),
    'tandem_peer_last_seen_seconds{peer="d2"} 0.312',
    'tandem_peer_last_seen_seconds{peer="d3"} 90',
    'tandem_peer_config_revision{peer="d2"} 41',
    'tandem_peer_config_revision{peer="d3"} 40',
    'tandem_peer_connections{peer="d2"} 7',
    'tandem_peer_connections{peer="d3"} 5',
    'tandem_peer_connections_held{peer="d2"} 6',
    'tandem_peer_connections_held{peer="d3"} 4',
    'tandem_sync_frames_total{direction="in"} 34',
    'tandem_sync_frames_total{direction="out"} 33',
    'tandem_sync_bytes_total{direction="in"} 36',
    'tandem_sync_bytes_total{direction="out"} 35',
    'tandem_sync_records_total{direction="in"} 38',
    'tandem_sync_records_total{direction="out"} 37',
    'tandem_sync_refused_frames_total{reason="forged"} 31',
    'tandem_sync_refused_frames_total{reason="replayed"} 32',
    'tandem_call_refused_frames_total{reason="unknown_call"} 49',
    'tandem_sync_repairs_total{kind="gap"} 39',
    'tandem_sync_repairs_total{kind="replay_requested"} 40',
    'tandem_sync_repairs_total{kind="frame_replayed"} 41',
    'tandem_sync_repairs_total{kind="snapshot_requested"} 42',
    'tandem_sync_repairs_total{kind="snapshot_served"} 43',
    'tandem_sync_repairs_total{kind="digest_compared"} 44',
    'tandem_sync_repairs_total{kind="bucket_repaired"} 45',
    'tandem_sync_merged_records_total{outcome="inserted"} 46',
    `tandem_service_connections_total{${service}} 10`,
    `tandem_service_connections_total{${idle}} 0`,
    `tandem_service_packets_total{${service},direction="in"} 11`,
    `tandem_service_packets_total{${service},direction="out"} 13`,
    `tandem_service_packets_total{${idle},direction="in"} 0`,
    `tandem_service_packets_total{${idle},direction="out"} 0`,
    `tandem_service_bytes_total{${service},direction="in"} 12`,
    `tandem_service_bytes_total{${service},direction="out"} 14`,
    `tandem_service_bytes_total{${idle},direction="in"} 0`,
    `tandem_service_bytes_total{${idle},direction="out"} 0`,
    `tandem_destination_connections_total{${destination}} 20`,
    `tandem_destination_packets_total{${destination},direction="in"} 21`,
    `tandem_destination_packets_total{${destination},direction="out"} 23`,
    `tandem_destination_bytes_total{${destination},direction="in"} 22`,
    `tandem_destination_bytes_total{${destination},direction="out"} 24`,
    `tandem_destination_connections{${destination},activity="active"} 15`,
    `tandem_destination_connections{${destination},activity="inactive"} 16`,
    `tandem_destination_templates{${destination}} 17`,
    `tandem_destination_overloaded{${destination}} 1`,
    `tandem_destination_held{${destination}} 1`,
    `tandem_destination_weight{${destination},kind="configured"} 3`,
    `tandem_destination_weight{${destination},kind="effective"} 0`,
    `tandem_destination_up{${destination}} 1`,
    `tandem_destination_check_age_seconds{${destination}} 1.5`,
  ]);
});

const peerStates = (peer: string, now: string): string[] =>
  ["off", "alone", "joining", "loading", "live", "repairing", "lost"].map(
    (state) => `tandem_peer_state{peer="${peer}",state="${state}"} ${Number(state === now)}`,
  );

test("what is gone is not scraped again, and counters do not add up over scrapes", async () => {
  let services = sampleServices;
  const metrics = createMetrics(source({ services: async () => services }));
  await metrics.scrape();
  expect(await metrics.scrape()).toContain(`tandem_service_connections_total{${service}} 10\n`);
  services = [];
  expect(await metrics.scrape()).not.toContain("tandem_service_connections_total{");
});

test("while the engine does not answer, the process still does", async () => {
  const lines = await scrape(source({ status: () => Promise.reject(new Error("gone")) }));
  expect(lines).toContain("tandem_engine_up 0");
  expect(lines.filter((line) => line.startsWith("tandem_role"))).toEqual([]);
  expect(lines.some((line) => line.startsWith("nodejs_eventloop_lag_seconds "))).toBe(true);
});

test("without a cluster and without checks there is nothing to say about them", async () => {
  const status = { ...sampleStatus, nats: "off" as const, peers: [] };
  const services = sampleServices.map((s) => ({
    ...s,
    destinations: s.destinations.map((d) => ({ ...d, health: "unchecked" as const })),
  }));
  const lines = await scrape({
    status: async () => status,
    services: async () => services,
    checkAges: () => new Map(),
    evicted: async () => undefined,
    refusedCalls: () => ({}),
    replication: async () => undefined,
  });
  const absent = /^tandem_(nats_connected|peer_|call_|sync_[^s]|destination_up|destination_check_age)/;
  expect(lines.filter((line) => absent.test(line))).toEqual([]);
});

test("a removed destination has connections, but no weight", async () => {
  const services = sampleServices.map((s) => ({
    ...s,
    destinations: s.destinations.map((d) => ({ ...d, removed: true })),
  }));
  const lines = await scrape(source({ services: async () => services }));
  expect(lines).toContain(`tandem_destination_connections{${destination},activity="active"} 15`);
  expect(lines.filter((line) => line.startsWith("tandem_destination_weight"))).toEqual([]);
});

test("lag is noted in milliseconds and shown in seconds", async () => {
  const metrics = createMetrics(source());
  metrics.observeLag("d2", 3);
  const text = await metrics.scrape();
  expect(text).toContain('tandem_replication_lag_seconds_bucket{le="0.002",peer="d2"} 0\n');
  expect(text).toContain('tandem_replication_lag_seconds_bucket{le="0.005",peer="d2"} 1\n');
});

test("docs/metrics.md lists every metric as it is", () => {
  const docs = readFileSync(join(import.meta.dirname, "../../../docs/metrics.md"), "utf8");
  const rows = METRICS.map((m) => `| \`${m.name}\` | ${m.type} | ${m.labels.join(", ")} | ${m.help} |`);
  expect(docs.split("\n").filter((line) => line.startsWith("| `tandem_"))).toEqual([
    ...rows,
    "| `tandem_engine_up` | gauge |  | 1 if the engine answered this scrape |",
    "| `tandem_replication_lag_seconds` | histogram | peer | Time from a connection's change at its owner to the change applied here |",
  ]);
});
