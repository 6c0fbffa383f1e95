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
  async (kind, behind) => {
    const values = await withDaemon(world, (node) => inTime(LIVE[kind](node, behind), world)).catch(() => []);
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

type Ask = (node: RemoteNode, behind: readonly string[]) => Promise<string[]>;

const LIVE: Record<LiveKind, Ask> = {
  service: async (node) => (await node.services()).map(serviceWord),
  endpoint: async (node) =>
    (await node.services()).filter(({ mark }) => mark === undefined).map((s) => endpoint(s)),
  destination: async (node) => destinationsOf(await node.services()),
  drained: async (node) => ["director", ...destinationsOf(await node.services())],
  part: async (node, behind) => partsBehind(await node.services(), behind),
  async node(node) {
    const { node: name, peers } = await node.status();
    return [name, ...peers.map((peer) => peer.node)];
  },
  revision: async (node) => [
    "previous",
    ...(await node.revisions(REVISIONS)).revisions.map(({ revision }) => String(revision)),
  ],
};

const destinationsOf = (services: readonly ServiceStatus[]): string[] =>
  services.flatMap(({ destinations }) => destinations.map(endpoint));

/** What may be named next: anything; behind a protocol or `mark` the rest of a service's name; behind a service its destinations. */
function partsBehind(services: readonly ServiceStatus[], behind: readonly string[]): string[] {
  if (behind.length === 0) return ["settings", ...services.map(serviceWord), ...destinationsOf(services)];
  const name = behind.join("/").replaceAll(" ", "/");
  const inside = services.filter((s) => isNamed(s, name));
  if (inside.length > 0) return destinationsOf(inside);
  return services
    .map(serviceWord)
    .filter((word) => word.startsWith(`${name}/`))
    .map((word) => word.slice(name.length + 1).split("/")[0]!);
}

/** A mark's family may be left out. */
const isNamed = (s: ServiceStatus, name: string): boolean =>
  serviceWord(s) === name || serviceWord(s) === `${name}/ipv4`;

/** A service as one word: `tcp/192.0.2.1:80`, `mark/7/ipv6`. */
function serviceWord(s: ServiceStatus): string {
  if (s.mark !== undefined) return `mark/${s.mark}/ipv${s.address.includes(":") ? 6 : 4}`;
  return `${s.protocol}/${endpoint(s)}`;
}
