/** Draining a director: its addresses go to a peer, and it stays out of service. */
import type { NodeStatus, RemoteNode } from "@tandem/engine/client";
import { type Answer, EXIT, type World, withDaemon } from "./command.ts";

/** Peers say twice a second what they are. */
const SETTLE_MS = 3000;
const LOOK_EVERY_MS = 200;

/** Take a director out of service: with a switchover if it is active, else by maintenance alone. Fails as those do. */
export async function drainDirector(world: World): Promise<Answer> {
  const { status, steps } = await withDaemon(world, async (node) => {
    const done = await takeOut(node, world.user);
    return { steps: done, status: await settled(node, world) };
  });
  const isSafe = isReplaced(status);
  return {
    json: { node: status.node, maintenance: status.maintenance, role: status.role, safe: isSafe, steps },
    text: (paint) =>
      `${paint("strong", `${status.node} is out of service: ${status.role}, in maintenance.`)}\n${steps
        .map((step, i) => `  ${i + 1}. ${step}\n`)
        .join("")}${verdictOf(status, isSafe)}\n`,
    exitCode: isSafe ? EXIT.ok : EXIT.failed,
  };
}

/** Put it back. */
export async function undrainDirector(world: World): Promise<Answer> {
  return withDaemon(world, async (node) => {
    const { changed } = await node.setMaintenance({ on: false, author: world.user });
    const { node: name, role } = await node.status();
    const whoServes = role === "standalone" ? "" : "; VRRP decides by priority";
    const text = `${name} is back in service${changed ? "" : " already"}: ${role}${whoServes}.\n`;
    return { json: { node: name, maintenance: false, role, changed }, text: () => text };
  });
}

/** Returns what was done. */
async function takeOut(node: RemoteNode, author: string): Promise<readonly string[]> {
  const { role, maintenance } = await node.status();
  if (role === "active" && !maintenance)
    return (await node.switchover({ dryRun: false, force: false, author })).steps;
  const { changed } = await node.setMaintenance({ on: true, author });
  return [changed ? "entered maintenance" : "it was in maintenance already"];
}

/** Once a peer says that it is active, or does not in time. */
async function settled(node: RemoteNode, world: World): Promise<NodeStatus> {
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    const status = await node.status();
    const isOver = isReplaced(status) || status.role === "standalone" || waitedMs >= SETTLE_MS;
    if (isOver) return status;
    await world.sleep(LOOK_EVERY_MS);
  }
}

/** Whether another director serves, and holds what this one does. */
const isReplaced = ({ role, peers }: NodeStatus): boolean =>
  role !== "active" && peers.some((peer) => peer.state === "live" && peer.role === "active");

function verdictOf({ role, connections }: NodeStatus, isSafe: boolean): string {
  if (isSafe)
    return "Another director serves, with every connection: this one can be stopped. `tandem drain director --undo` takes it back.";
  if (role === "standalone")
    return `It stands alone and goes on serving ${connections} connections, but says that it is not ready: take the traffic away from it before you stop it.`;
  if (role === "active") return "It is active all the same: nobody takes over. Do not stop it.";
  return "No peer that is in sync is active: do not stop it before `tandem status` says so.";
}
