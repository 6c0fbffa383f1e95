/** `tandem maintenance`: a director out of service, or back in it. */
import type { NodeStatus, RemoteNode } from "@tandem/engine/client";
import { type Command, type World, withDaemon } from "../command.ts";
import { oneOf } from "../read-option.ts";

/** VRRP moves the addresses well within a second. */
const HAND_OVER_MS = 3000;
const LOOK_EVERY_MS = 200;

const STATES = ["on", "off"] as const;
const readState = oneOf("state", STATES);

export const maintenance: Command<object> = {
  operands: [{ name: "[state]", help: "on or off; left out: say how it is", values: STATES }],
  options: [],
  examples: [
    ["maintenance on", "before work on this director: a peer that is in sync takes over"],
    ["maintenance off", "afterwards: it takes part again, as its priority says"],
    ["maintenance", "is it?"],
  ],
  async run({ operands: [word] }, world) {
    const state = word === undefined ? undefined : readState(word);
    return withDaemon(world, async (node) => {
      const isAsked = state !== undefined;
      const { changed } = isAsked
        ? await node.setMaintenance({ on: state === "on", author: world.user })
        : { changed: false };
      const status = state === "on" ? await settled(node, world) : await node.status();
      const { maintenance, role } = status;
      return {
        json: { node: status.node, maintenance, changed, role },
        text: () => `${headOf(status, isAsked, changed)}\n${maintenance ? `${meaningOf(status)}\n` : ""}`,
      };
    });
  },
};

/** Once a peer has taken over, or will not. */
async function settled(node: RemoteNode, world: World): Promise<NodeStatus> {
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    const status = await node.status();
    if (status.role !== "active" || !hasHeir(status) || waitedMs >= HAND_OVER_MS) return status;
    await world.sleep(LOOK_EVERY_MS);
  }
}

const hasHeir = ({ peers }: NodeStatus): boolean =>
  peers.some((peer) => peer.state === "live" && peer.role === "standby");

function headOf({ node, maintenance }: NodeStatus, isAsked: boolean, changed: boolean): string {
  const already = isAsked && !changed ? " already" : "";
  return `${node} is ${maintenance ? "in" : "not in"} maintenance${already}.`;
}

/** What maintenance means to a node as it is. */
function meaningOf({ role, peers, nats }: NodeStatus): string {
  const active = peers.find((peer) => peer.role === "active" && peer.state !== "lost");
  if (role === "standalone")
    return "It stands alone: it goes on serving, and says that it is not ready, so that whoever asks for that sends nothing more.";
  if (role === "active" && nats === "disconnected")
    return "NATS is away, so nobody knows who is in sync: a peer that hears nobody either takes over, without the connections since.";
  if (role === "active")
    return "It is active all the same: no peer is in sync with it. One that comes into sync takes over; `tandem switchover --force` does not wait for that.";
  return `It is ${role}${active ? `, ${active.node} is active` : ""}. It takes the addresses only if nobody else can.`;
}
