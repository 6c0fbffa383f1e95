/** Questions to every node of the cluster, through the daemon at hand. */
import type { NodeStatus, RemoteNode } from "@tandem/engine/client";
import { LbError } from "@tandem/model/failure";
import type { OptionSpec, World } from "./command.ts";

/** What one node said, or why it said nothing. */
export type Said<T> =
  | { readonly node: string; readonly answer: T }
  | { readonly node: string; readonly failure: LbError };

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
 * Ask the daemon at hand, and every peer that it knows, at the same time. Whoever does not answer is told of on `err`; so is that NATS is away, and the
 * daemon answers for itself alone. Fails with `LbError` if the daemon at hand does.
 */
export async function askAllNodes<T>(
  world: World,
  ask: (node: RemoteNode, name: string) => Promise<T>,
): Promise<SaidByAll<T>> {
  const here = await world.connect();
  try {
    const status = await here.status();
    const others = othersOf(status, world).map((name) => askPeer(world, name, ask));
    const answer = await ask(here, status.node);
    const said = [{ node: status.node, answer }, ...(await Promise.all(others))];
    for (const each of said) if ("failure" in each) world.err.write(`${each.failure.message}\n`);
    return { said, status };
  } finally {
    here.close();
  }
}

/** Answers alone. */
export const answersOf = <T>(said: readonly Said<T>[]): { node: string; answer: T }[] =>
  said.filter((each) => "answer" in each);

function othersOf({ node, nats, peers }: NodeStatus, world: World): string[] {
  if (nats !== "disconnected") return peers.map((peer) => peer.node);
  world.err.write(`NATS cannot be reached: "${node}" answers for itself alone\n`);
  return [];
}

async function askPeer<T>(
  world: World,
  name: string,
  ask: (node: RemoteNode, name: string) => Promise<T>,
): Promise<Said<T>> {
  try {
    const peer = await world.connect(name);
    try {
      return { node: name, answer: await ask(peer, name) };
    } finally {
      peer.close();
    }
  } catch (failure) {
    if (!(failure instanceof LbError)) throw failure;
    return { node: name, failure };
  }
}
