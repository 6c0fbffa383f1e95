import { addressOf, type NodeName, nodesOf, PORTS } from "./topology.ts";

/**
 * The configuration of one nats-server: JetStream on, clustered with the other NATS nodes over the management network.
 *
 * @param storeDir directory of its own for JetStream's files
 */
export function natsConfig(node: NodeName, storeDir: string): string {
  const address = addressOf(node, "management");
  const routes = nodesOf("nats").map((peer) => `nats://${addressOf(peer, "management")}:${PORTS.natsRoutes}`);
  return [
    `server_name: ${node}`,
    `listen: "${address}:${PORTS.nats}"`,
    `http: "${address}:${PORTS.natsMonitor}"`,
    `jetstream { store_dir: "${storeDir}", max_memory_store: 64MB, max_file_store: 1GB }`,
    `cluster { name: lab, listen: "${address}:${PORTS.natsRoutes}", routes: [ ${routes.join(", ")} ] }`,
    "",
  ].join("\n");
}
