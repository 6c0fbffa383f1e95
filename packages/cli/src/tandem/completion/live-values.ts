/** Values that the daemon knows, for completion. */
import type { RemoteNode, ServiceStatus } from "@tandem/engine/client";
import { type World, withDaemon } from "../command.ts";
import { endpoint } from "../top/rows.ts";
import type { AskLive, LiveKind } from "./complete.ts";

/** Nobody waits longer for a completion. */
const DEADLINE_MS = 2000;
/** Of revisions, the latest. */
const REVISIONS = 20;

/** What a daemon answers, or nothing when it is late or not there: a completion is no place for errors. */
export const askDaemon =
  (world: World): AskLive =>
  async (kind) => {
    const values = await withDaemon(world, (node) => inTime(LIVE[kind](node), world)).catch(() => []);
    return [...new Set(values)];
  };

/** What comes later is not waited for. */
async function inTime(asked: Promise<string[]>, world: World): Promise<string[]> {
  const isHere = new AbortController();
  const late = world.sleep(DEADLINE_MS, isHere.signal).then(() => []);
  try {
    return await Promise.race([asked, late]);
  } finally {
    isHere.abort();
  }
}

const LIVE: Record<LiveKind, (node: RemoteNode) => Promise<string[]>> = {
  service: async (node) => (await node.services()).map(serviceWord),
  destination: async (node) =>
    (await node.services()).flatMap(({ destinations }) => destinations.map(endpoint)),
  part: async (node) => {
    const [services, destinations] = await Promise.all([LIVE.service(node), LIVE.destination(node)]);
    return ["settings", ...services, ...destinations];
  },
  async node(node) {
    const { node: name, peers } = await node.status();
    return [name, ...peers.map((peer) => peer.node)];
  },
  revision: async (node) =>
    (await node.revisions(REVISIONS)).revisions.map(({ revision }) => String(revision)),
};

/** A service as one word: `tcp/192.0.2.1:80`, `mark/7/ipv6`. */
function serviceWord(s: ServiceStatus): string {
  if (s.mark !== undefined) return `mark/${s.mark}/ipv${s.address.includes(":") ? 6 : 4}`;
  return `${s.protocol}/${endpoint(s)}`;
}
