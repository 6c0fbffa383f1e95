/** Looks at directors and traffic about twice a second, for the view and for what only sampling can tell. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Traffic } from "../lab/index.ts";
import type { Cluster } from "./cluster.ts";
import { activeOf, type SiteView } from "./conditions.ts";
import type { Sample } from "./scene.ts";
import { DIRECTORS } from "./site.ts";
import type { Lag } from "./step-window.ts";

const EVERY_MS = 500;

/** A sampler that runs until it is stopped. */
export interface Sampler {
  /** The replication lag that standbys told since the last call: the median of their medians, the worst of their p99. */
  takeLag(): Lag;
  stop(): void;
}

/** Start sampling; `onSample` gets each one. Ends by itself when the traffic does. */
export function startSampler(
  cluster: Cluster,
  traffic: Traffic,
  onSample: (sample: Sample) => void,
): Sampler {
  let isStopped = false;
  let lags: { p50: number; p99: number }[] = [];
  async function run(): Promise<void> {
    while (!isStopped) {
      const [site, summary] = await Promise.all([cluster.view(), traffic.peek()]);
      lags.push(...lagsOf(site));
      onSample({ atMs: performance.now(), site, traffic: summary });
      await sleep(EVERY_MS);
    }
  }
  run().catch(() => {}); // the traffic has ended, and whoever uses it is told so
  return {
    takeLag() {
      const lag = sumUp(lags);
      lags = [];
      return lag;
    },
    stop() {
      isStopped = true;
    },
  };
}

function lagsOf(site: SiteView): { p50: number; p99: number }[] {
  const active = activeOf(site);
  return DIRECTORS.filter((name) => name !== active).flatMap((name) => site[name].status?.lagMs ?? []);
}

function sumUp(lags: readonly { p50: number; p99: number }[]): Lag {
  if (lags.length === 0) return { p50: null, p99: null };
  const medians = lags.map((lag) => lag.p50).toSorted((a, b) => a - b);
  return { p50: medians[Math.floor(medians.length / 2)]!, p99: Math.max(...lags.map((lag) => lag.p99)) };
}
