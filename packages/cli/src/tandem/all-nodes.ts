/** Questions to every node of the cluster, through the daemon at hand. */
import type { NodeStatus, PeerStatus, RemoteNode } from "@tandem/engine/client";
import { type Circle, gather, type Said } from "../listing/gather.ts";
import type { OptionSpec, World } from "./command.ts";

/** What every node said, and how the cluster looks to the daemon at hand. */
export interface SaidByAll<T> {
  /** The daemon at hand first. */
  readonly said: readonly Said<T>[];
  readonly status: NodeStatus;
}

/** The option of commands that ask them all. */
export const ALL_NODES: OptionSpec = {
  flags: "--all-nodes",
  help: "ask every node of the cluster; exit code 1 if one does not answer",
};

/**
 * Ask the daemon at hand, and every peer that it knows (or those that `isAsked` wants), at the same time. Whoever does not answer is told of on `err`; so is that NATS is away, and the
 * daemon answers for itself alone. Fails with `LbError` if the daemon at hand does.
 */
export async function askAllNodes<T>(
  world: World,
  question: (node: RemoteNode, name: string) => Promise<T>,
  isAsked: (peer: PeerStatus) => boolean = () => true,
): Promise<SaidByAll<T>> {
  const here = await world.connect();
  try {
    const status = await here.status();
    const circle: Circle<RemoteNode> = {
      here: status.node,
      others:
        status.nats === "disconnected" ? undefined : status.peers.filter(isAsked).map(({ node }) => node),
      ask: (name, ofOne) => (name === status.node ? ofOne(here) : askPeer(world, name, ofOne)),
    };
    return { said: await gather(circle, question, (sentence) => world.err.write(`${sentence}\n`)), status };
  } finally {
    here.close();
  }
}

async function askPeer<T>(
  world: World,
  name: string,
  question: (node: RemoteNode) => Promise<T>,
): Promise<T> {
  const peer = await world.connect(name);
  try {
    return await question(peer);
  } finally {
    peer.close();
  }
}
