/**
 * A director that does VRRP and nothing else, as a program of its own: arguments are the runtime directory and the specification in JSON.
 * Each line on stdin is an order, each line on stdout an answer or a role change, in JSON.
 */
import { createInterface } from "node:readline";
import type { DirectorVrrpSpec } from "keepalived-config";
import { createVrrpSupervisor } from "../../packages/cli/src/node/vrrp/supervisor.ts";

export interface Orders {
  isReady?: boolean;
  isInMaintenance?: boolean;
  isBeating?: boolean;
  stop?: { leaveRunning: boolean };
}

const [runtimeDir, spec] = process.argv.slice(2) as [string, string];
const say = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);
const vrrp = createVrrpSupervisor({
  runtimeDir,
  spec: JSON.parse(spec) as DirectorVrrpSpec,
  report: (error) => say({ error: String(error) }),
});
vrrp.onRole((change) => say({ change }));

let beating: NodeJS.Timeout | undefined;
async function obey(orders: Orders): Promise<void> {
  if (orders.isReady !== undefined) vrrp.setReady(orders.isReady);
  if (orders.isInMaintenance !== undefined) vrrp.setMaintenance(orders.isInMaintenance);
  if (orders.isBeating !== undefined) {
    clearInterval(beating);
    if (orders.isBeating) {
      vrrp.beat();
      beating = setInterval(() => vrrp.beat(), 300);
    }
  }
  if (orders.stop) {
    await vrrp.stop(orders.stop);
    process.exit();
  }
}

vrrp.beat();
await vrrp.start();
say({ started: true });
for await (const line of createInterface({ input: process.stdin })) await obey(JSON.parse(line) as Orders);
