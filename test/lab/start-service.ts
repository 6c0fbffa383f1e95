import { LabError } from "./failure.ts";
import type { LabNode, LabProcess } from "./node.ts";
import { stateOf } from "./process.ts";
import { type Run, readRecord } from "./run.ts";
import type { ServiceSpec } from "./services.ts";
import { until } from "./until.ts";

const READY_DEADLINE_MS = 10_000;

/**
 * Start a service on a node, unless it runs; resolves when it serves.
 *
 * @throws LabError when it ends at once, or does not serve within 10 s
 */
export async function startService(run: Run, node: LabNode, service: ServiceSpec): Promise<void> {
  const known = readRecord(run, node.name, service.name);
  if (known && stateOf(known) !== "ended") return;
  const started = await node.spawn(service.name, service.argv);
  const serves = () => {
    if (stateOf(started) === "ended") {
      throw new LabError(
        `Cannot start "${service.name}" on "${node.name}": it ended, and said "${tail(started)}"`,
      );
    }
    return service.ready.test(started.log());
  };
  await until(serves, { deadlineMs: READY_DEADLINE_MS, what: `"${service.name}" serves on "${node.name}"` });
}

function tail(process: LabProcess): string {
  return process.log().trim().split("\n").slice(-3).join(" ");
}
