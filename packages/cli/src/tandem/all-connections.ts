/** The connections of a whole cluster, each once: as its owner tells it. */
import type { ConnectionFilter, ConnectionStatus, RemoteNode } from "@tandem/engine/client";
import { answersOf, type Said } from "../listing/gather.ts";
import { askAllNodes } from "./all-nodes.ts";
import type { World } from "./command.ts";

/** What was found. */
export interface AllConnections {
  readonly rows: readonly ConnectionStatus[];
  /** Every node answered for its own. */
  readonly isComplete: boolean;
}

/**
 * Ask every node for the connections that it owns. What a node that does not answer owns, the daemon at hand tells from its replicas; while NATS is
 * away, all that it holds. Fails as `askAllNodes`.
 */
export async function listAllConnections(world: World, filter: ConnectionFilter): Promise<AllConnections> {
  const owned = async (node: RemoteNode, owner: string) =>
    (filter.owner ?? owner) === owner ? rowsOf(node, { ...filter, owner }) : [];
  const { said, status } = await askAllNodes(world, owned);
  const here = await world.connect();
  try {
    if (status.nats === "disconnected") return { rows: await rowsOf(here, filter), isComplete: false };
    const replicas = silentIn(said).map((owner) => owned(here, owner));
    const rows = [...answersOf(said).map(({ answer }) => answer), ...(await Promise.all(replicas))].flat();
    return { rows, isComplete: replicas.length === 0 };
  } finally {
    here.close();
  }
}

const silentIn = (said: readonly Said<unknown>[]): string[] =>
  said.filter((each) => "failure" in each).map(({ node }) => node);

async function rowsOf(node: RemoteNode, filter: ConnectionFilter): Promise<ConnectionStatus[]> {
  const rows: ConnectionStatus[] = [];
  for await (const row of node.connections(filter)) rows.push(row);
  return rows;
}
