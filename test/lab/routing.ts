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
  const inside = NODES[director].legs.find((leg) => leg.network === "inside");
  if (!inside) throw new LabError(`Cannot route through "${director}": it is no director`);
  const gateway = `${ADDRESSES.insideGateway}/24`;
  for (const other of nodesOf("director")) {
    await lab.node(other).exec(["ip", "address", "del", gateway, "dev", "eth1"], { allowFailure: true });
  }
  await lab.node(director).exec(["ip", "address", "add", gateway, "dev", inside.device]);
  // The servers may know the gateway by another director's MAC address.
  for (const server of nodesOf("server")) {
    await lab.node(server).exec(["ip", "neighbour", "flush", "dev", "eth0"]);
  }
  const via = addressOf(director, "outside");
  await lab.node("client").exec(["ip", "route", "replace", "10.78.0.0/24", "via", via]);
}
