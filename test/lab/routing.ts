import { LabError } from "./failure.ts";
import type { Lab } from "./lab.ts";
import { ADDRESSES, addressOf, NODES, type NodeName, nodesOf } from "./topology.ts";

/**
 * Make a director the plain router between clients and servers: it gets the inside gateway's address, and the client a
 * route.
 *
 * @throws LabError when the node is no director
 */
export async function routeThrough(lab: Lab, director: NodeName): Promise<void> {
  const leg = NODES[director].legs.find((leg) => leg.network === "inside");
  if (!leg) throw new LabError(`Cannot route through "${director}": it is no director`);
  const gateways = [`${ADDRESSES.insideGateway}/24`, `${ADDRESSES.insideGateway6}/64`];
  for (const other of nodesOf("director")) {
    for (const gateway of gateways)
      await lab.node(other).exec(["ip", "address", "del", gateway, "dev", "eth1"], { allowFailure: true });
  }
  for (const gateway of gateways)
    await lab.node(director).exec(["ip", "address", "add", gateway, "dev", leg.device, "nodad"]);
  // The servers may know the gateway by another director's MAC address.
  for (const server of nodesOf("server")) {
    await lab.node(server).exec(["ip", "neighbour", "flush", "dev", "eth0"]);
  }
  for (const [inside, family] of [
    ["10.78.0.0/24", 4],
    ["fd78::/64", 6],
  ] as const) {
    const via = addressOf(director, "outside", family);
    await lab.node("client").exec(["ip", "route", "replace", inside, "via", via]);
  }
}
