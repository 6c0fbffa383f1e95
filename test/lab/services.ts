/** The processes that a node runs of its own accord, by role. Directors and clients get theirs from whoever uses the lab. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { natsConfig } from "./nats-config.ts";
import type { Run } from "./run.ts";
import { ADDRESSES, addressOf, NODES, type NodeName, type NodeRole } from "./topology.ts";

/** A process to start, and how its log shows that it serves. */
export interface ServiceSpec {
  readonly name: string;
  readonly argv: readonly string[];
  readonly ready: RegExp;
}

type Plan = (run: Run, node: NodeName) => ServiceSpec;

const SERVICES: Record<NodeRole, Plan | undefined> = {
  client: undefined,
  director: undefined,
  server: planServer,
  nats: planNats,
};

/** What a node runs of its own accord, if anything. Writes the configuration file that it needs. */
export function serviceOf(run: Run, node: NodeName): ServiceSpec | undefined {
  return SERVICES[NODES[node].role]?.(run, node);
}

/** The end of tunnels: started by who needs it, on servers. */
export const TUNNEL_END: ServiceSpec = {
  name: "tunnel-end",
  argv: [process.execPath, fileURLToPath(new URL("servers/tunnel-end.ts", import.meta.url))],
  ready: /^ready$/m,
};

/** While this file exists the server's health check fails. */
export function unhealthyFile(run: Run, node: NodeName): string {
  return join(run.dir, `${node}.unhealthy`);
}

function planServer(run: Run, node: NodeName): ServiceSpec {
  const main = fileURLToPath(new URL("servers/main.ts", import.meta.url));
  const own = ([4, 6] as const).flatMap((family) =>
    (["inside", "outside"] as const).map((network) => addressOf(node, network, family)),
  );
  const addresses = [...own, ADDRESSES.directRouteVip, ADDRESSES.directRouteVip6];
  return {
    name: "server",
    argv: [process.execPath, main, node, unhealthyFile(run, node), ...addresses],
    ready: /^ready$/m,
  };
}

function planNats(run: Run, node: NodeName): ServiceSpec {
  const file = join(run.dir, `${node}.nats.conf`);
  writeFileSync(file, natsConfig(node, join(run.dir, "jetstream", node)));
  return { name: "nats", argv: ["nats-server", "-c", file], ready: /Server is ready/ };
}
