/** What all directors list together, asked by this one. */
import type { ConnectionStatus, NodeApi } from "@tandem/engine";
import type { Listed } from "../../ipvsadm/show.ts";
import { answersOf, type Circle, gather } from "../../listing/gather.ts";
import { mergeServices } from "../../listing/merge-services.ts";

type Listing = Pick<NodeApi, "services" | "connections">;

/** This director, and its way to the others. */
export interface ListingCluster {
  readonly node: string;
  readonly api: Listing;
  /** Peers that were heard of; undefined: NATS is away. */
  peers(): readonly string[] | undefined;
  peerAt(name: string): Listing;
}

/** Listings of the cluster; who does not answer is told of, in a sentence. Fails as the director at hand does. */
export function listCluster(cluster: ListingCluster, tell: (sentence: string) => void): Listed {
  const { node, api } = cluster;
  const circle = (): Circle<Listing> => ({
    here: node,
    others: cluster.peers(),
    ask: async (name, question) => question(name === node ? api : cluster.peerAt(name)),
  });
  /** What the others own; of this director nothing, which is listed as it comes. */
  const ownedBy = async (from: Listing, owner: string): Promise<ConnectionStatus[]> =>
    owner === node ? [] : Array.fromAsync(from.connections({ owner }));
  return {
    services: async () => mergeServices(answersOf(await gather(circle(), (each) => each.services(), tell))),
    /** Each once: its owner tells it, or this director's replica of it. */
    async *connections() {
      const [, ...others] = await gather(circle(), ownedBy, tell);
      const answers = answersOf(others);
      const told = new Set(answers.map((each) => each.node));
      for await (const connection of api.connections({})) if (!told.has(connection.owner)) yield connection;
      for (const { answer } of answers) yield* answer;
    },
  };
}
