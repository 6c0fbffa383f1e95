/** Prometheus metrics of a node: the registry, and how a scrape fills it. What there is to measure stands in metric-table.ts. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { MetricRow, MetricsSource, Snapshot } from "./metric-row.ts";
import { METRICS } from "./metric-table.ts";

/** Seconds. From the flush interval of a delta (2 ms) to what counts as a fault. */
const LAG_BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5];

/** A node's metrics. */
export interface Metrics {
  readonly contentType: string;
  /** Ask the source and write everything in the text format. Rejects only on bugs: while the source fails, `tandem_engine_up` is 0 and its metrics are absent. */
  scrape(): Promise<string>;
  /** Note how long a change of a peer's connection took from there to here, milliseconds. */
  observeLag(peer: string, lagMs: number): void;
}

/** Metrics fed by `source` at each scrape, with those of the process (CPU, memory, event-loop lag) beside them. */
export function createMetrics(source: MetricsSource): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const up = new Gauge({ name: "tandem_engine_up", help: "1 if the engine answered this scrape", registers });
  const lag = new Histogram({
    name: "tandem_replication_lag_seconds",
    help: "Time from a connection's change at its owner to the change applied here",
    labelNames: ["peer"],
    buckets: LAG_BUCKETS,
    registers,
  });
  const fills = METRICS.map((row) => createFill(row, registry));

  return {
    contentType: registry.contentType,
    async scrape() {
      const snapshot = await takeSnapshot(source).catch(() => undefined);
      up.set(snapshot ? 1 : 0);
      for (const fill of fills) fill(snapshot);
      return registry.metrics();
    },
    observeLag: (peer, lagMs) => lag.observe({ peer }, lagMs / 1000),
  };
}

async function takeSnapshot(source: MetricsSource): Promise<Snapshot> {
  const [status, services, evicted, replication] = await Promise.all([
    source.status(),
    source.services(),
    source.evicted(),
    source.replication(),
  ]);
  return {
    status,
    services,
    evicted,
    replication,
    checkAges: source.checkAges(),
    refusedCalls: source.refusedCalls(),
  };
}

/** Replaces all samples of one metric: what is gone must not stay. Totals come from outside, so counters are set, not counted. */
function createFill(row: MetricRow, registry: Registry): (snapshot: Snapshot | undefined) => void {
  const { name, help, labels } = row;
  const options = { name, help, labelNames: [...labels], registers: [registry] };
  const metric = row.type === "counter" ? new Counter(options) : new Gauge(options);
  return (snapshot) => {
    metric.reset();
    metric.remove({}); // without labels, reset() leaves a zero
    for (const sample of samplesOf(row, snapshot)) metric.inc(sample.labels, sample.value);
  };
}

function samplesOf(row: MetricRow, snapshot: Snapshot | undefined) {
  if (!snapshot) return [];
  return row.read(snapshot).map(([value, ...of]) => ({
    value,
    labels: Object.fromEntries(row.labels.map((label, i) => [label, of[i] ?? ""])),
  }));
}
