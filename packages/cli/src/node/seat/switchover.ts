/** Handing the active role to a peer without losing a connection, and taking part again afterwards. */
import type { NodeApi, NodeStatus, Role } from "@tandem/engine";
import { LbError } from "@tandem/model";

/** What a switchover asks of the node. */
export interface SwitchoverPorts {
  status(): Promise<NodeStatus>;
  /** Leave the addresses to a peer that is ready; with `toUnready`, to any. */
  enterMaintenance(options: { toUnready: boolean }): void;
  leaveMaintenance(): void;
  /** Resolves to true once every peer has what was offered; false after 2 s. */
  flush(): Promise<boolean>;
  role(): Role;
  sleep(ms: number): Promise<void>;
}

/** The one command: out of service on the active node, back into it on a node in maintenance. */
export interface Switchover {
  run(request: { dryRun: boolean; force: boolean }): ReturnType<NodeApi["switchover"]>;
}

/** The peer takes the address within its master-down time, well below a second. */
const HAND_OVER_DEADLINE_MS = 5000;
const LOOK_EVERY_MS = 20;

/** A switchover over a node. While the peer takes over, what still arrives here is forwarded and replicated as ever. */
export function createSwitchover(ports: SwitchoverPorts): Switchover {
  async function handOver(toUnready: boolean): Promise<string[]> {
    const steps = [
      (await ports.flush()) ? "every peer has every connection" : "not every peer confirmed within 2 s",
    ];
    ports.enterMaintenance({ toUnready });
    steps.push("entered maintenance: priority lowered");
    for (let waitedMs = 0; ports.role() === "active"; waitedMs += LOOK_EVERY_MS) {
      if (waitedMs > HAND_OVER_DEADLINE_MS) {
        ports.leaveMaintenance();
        throw refused("no peer took the addresses within 5 s", "a peer that can serve");
      }
      await ports.sleep(LOOK_EVERY_MS);
    }
    steps.push("the peer holds the virtual addresses", "this node goes on forwarding what still reaches it");
    return steps;
  }

  return {
    async run({ dryRun, force }) {
      const status = await ports.status();
      const plan = planSwitchover(status, force);
      const { from, to, steps } = plan;
      if (dryRun) return { from, to, steps };
      if (plan.kind === "handOver") return { from, to, steps: await handOver(plan.toUnready) };
      ports.leaveMaintenance();
      return { from, to, steps: ["left maintenance: VRRP decides by priority"] };
    },
  };
}

/** What a switchover on this node would do. */
export interface SwitchoverPlan {
  readonly kind: "handOver" | "endMaintenance";
  readonly from: string;
  readonly to: string;
  readonly steps: string[];
  /** Nobody is in sync and in service, and the operator says that somebody else shall serve all the same. */
  readonly toUnready: boolean;
}

/** Plan it from the node's status. @throws LbError refused where there is nothing to hand over, or nobody to hand it to */
export function planSwitchover(status: NodeStatus, force: boolean): SwitchoverPlan {
  if (status.maintenance) {
    const steps = ["leave maintenance: the node of higher priority that is in sync becomes active"];
    return { kind: "endMaintenance", from: "maintenance", to: status.node, steps, toUnready: false };
  }
  if (status.role !== "active") {
    throw refused(`this node is ${status.role}`, "the active node (see `tandem status`)");
  }
  const synced = status.peers.filter((peer) => peer.state === "live" && peer.role === "standby");
  const heir = synced.find((peer) => !peer.maintenance);
  const [resting] = synced;
  if (!heir && !force) throw resting ? inMaintenance(resting.node) : outOfSync();
  return {
    kind: "handOver",
    from: status.node,
    to: (heir ?? resting)?.node ?? "whoever answers",
    toUnready: !heir,
    steps: [
      "wait until every peer has every connection (2 s at most)",
      `enter maintenance: VRRP priority drops below ${heir ? "the peer's" : "that of any node that can forward"}`,
      "the peer takes the virtual addresses",
      "go on forwarding what still reaches this node",
    ],
  };
}

const outOfSync = (): LbError =>
  refused(
    "no standby peer is in sync with this node",
    "one, or `tandem switchover --force` to lose what it does not know",
  );

const inMaintenance = (peer: string): LbError =>
  refused(
    `peer "${peer}", which is in sync, is in maintenance`,
    "one in service (`tandem maintenance off` there), or `tandem switchover --force`",
  );

function refused(why: string, want: string): LbError {
  return new LbError({ code: "refused", doing: "switch over", why, want });
}
