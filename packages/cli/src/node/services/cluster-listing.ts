/** What all directors list together, asked by this one. */
import type { ConnectionStatus, NodeApi } from "@tandem/engine";
import { LbError } from "@tandem/model";
import type { Listed } from "../../ipvsadm/show.ts";
import { mergeServices } from "./merge-services.ts";

/** This director, and its way to the others. */
export interface ListingCluster {
  readonly node: string;
  readonly api: Pick<NodeApi, "services" | "connections">;
  /** Peers that were heard of; undefined: NATS is away. */
  peers(): readonly string[] | undefined;
  peerAt(name: string): Pick<NodeApi, "services" | "connections">;
}

/** Listings of the cluster; who does not answer is told of, in a sentence. Fails as the director at hand does. */
export function listCluster(cluster: ListingCluster, tell: (sentence: string) => void): Listed {
  const { node, api } = cluster;
  const others = (): readonly string[] => {
    const peers = cluster.peers();
    if (!peers) tell(`NATS cannot be reached: "${node}" answers for itself alone`);
    return peers ?? [];
  };
  async function ask<T>(name: string, question: (peer: ReturnType<typeof cluster.peerAt>) => Promise<T>) {
    try {
      return { name, answer: await question(cluster.peerAt(name)) };
    } catch (error) {
      if (!(error instanceof LbError)) throw error;
      tell(error.message);
      return { name };
    }
  }
  return {
    async services() {
      const asked = others().map((name) => ask(name, (peer) => peer.services()));
      const said = [{ name: node, answer: await api.services() }, ...(await Promise.all(asked))];
      return mergeServices(said.flatMap(({ name, answer }) => (answer ? [{ node: name, answer }] : [])));
    },
    /** Each once: its owner tells it, or this director's replica of it. */
    async *connections() {
      const names = others();
      const owned = (name: string) => async (from: Pick<NodeApi, "connections">) =>
        Array.fromAsync(from.connections({ owner: name }));
      const asked = names.map((name) => ask(name, owned(name)));
      const answers = new Map((await Promise.all(asked)).map(({ name, answer }) => [name, answer]));
      for await (const connection of api.connections({}))
        if (answers.get(connection.owner) === undefined) yield connection;
      for (const rows of answers.values()) yield* rows ?? NOTHING;
    },
  };
}

const NOTHING: readonly ConnectionStatus[] = [];
