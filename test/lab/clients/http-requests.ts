import { request } from "node:http";
import { type Generator, NO_SAMPLES } from "./generator.ts";
import { createSendSchedule } from "./send-schedule.ts";
import type { StallClock } from "./stall-clock.ts";
import type { HttpFailure, StepSummary, Target, TrafficOptions } from "./traffic-options.ts";

const FAILURES_KEPT = 100;

/** HTTP requests one after the other, each on a connection of its own. */
export function createHttpRequests(
  options: TrafficOptions["http"],
  clock: StallClock,
): Generator<Pick<StepSummary, "http">> {
  let sendDue: ReturnType<typeof createSendSchedule>;
  let started = 0;
  let ok = 0;
  let failed = 0;
  let failures: HttpFailure[] = [];
  let servers: Record<string, number> = {};

  async function ask(target: Target): Promise<void> {
    const startedMs = Date.now();
    const beginMs = clock.nowMs();
    try {
      const server = await fetchName(target, options.timeoutMs);
      ok++;
      servers[server] = (servers[server] ?? 0) + 1;
    } catch (error) {
      failed++;
      const failure = {
        startedMs,
        ageMs: clock.nowMs() - beginMs,
        error: describe(error as NodeJS.ErrnoException),
      };
      if (failures.length < FAILURES_KEPT) failures.push(failure);
    }
  }

  return {
    async start() {
      sendDue = createSendSchedule(1, options.everyMs, clock.nowMs());
    },
    tick: (nowMs) => sendDue(nowMs, () => void ask(options.targets[started++ % options.targets.length]!)),
    read: () => ({ http: { ok, failed, failures: [...failures], servers: { ...servers } } }),
    count: () => NO_SAMPLES,
    reset() {
      ok = 0;
      failed = 0;
      failures = [];
      servers = {};
    },
  };
}

/** One GET on a new connection. Resolves with the body, which is the server's name. */
function fetchName(target: Target, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const sent = request({ ...target, path: "/", agent: false, signal }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === 200) resolve(body.trim());
        else reject(new Error(`status ${response.statusCode}`));
      });
    });
    sent.on("error", reject);
    sent.end();
  });
}

function describe(error: NodeJS.ErrnoException): string {
  return error.name === "AbortError" ? "timeout" : (error.code ?? error.message);
}
