/** `tandem connections`: who talks to which destination. */
import type { ConnectionFilter, ConnectionStatus } from "@tandem/engine/client";
import { listAllConnections } from "../all-connections.ts";
import { ALL_NODES } from "../all-nodes.ts";
import { type Command, EXIT, type World, withDaemon } from "../command.ts";
import { FILTER_OPTIONS, type FilterOptions, filterOf } from "../connection-filter.ts";
import { formatConnections } from "../format-connections.ts";
import { wholeNumber } from "../read-option.ts";

/** What they can be sorted by: the most first, of names the lowest. */
const ORDERS = {
  idle: (a, b) => b.idleSeconds - a.idleSeconds,
  expires: (a, b) => a.expiresInSeconds - b.expiresInSeconds,
  in: (a, b) => b.inBytes - a.inBytes,
  out: (a, b) => b.outBytes - a.outBytes,
  client: (a, b) => compare(a.client, b.client),
  destination: (a, b) => compare(a.destination, b.destination),
  state: (a, b) => compare(a.state, b.state),
} as const satisfies Record<string, (a: ConnectionStatus, b: ConnectionStatus) => number>;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

interface Options extends FilterOptions {
  readonly limit: number;
  readonly sort?: keyof typeof ORDERS;
  readonly count?: boolean;
  readonly allNodes?: boolean;
}

export const connections: Command<Options> = {
  options: [
    ...FILTER_OPTIONS,
    {
      flags: "-n, --limit <number>",
      help: "at most so many",
      default: 100,
      read: wholeNumber("limit", 1, 1_000_000),
    },
    {
      flags: "--sort <by>",
      help: "the most first, of names the lowest; reads all of them first",
      values: Object.keys(ORDERS),
    },
    { flags: "--count", help: "say how many there are, whatever the limit" },
    ALL_NODES,
  ],
  examples: [
    ["connections", "the first hundred"],
    ["connections --client 198.51.100.7", "where is this client's session?"],
    ["connections --destination 10.0.0.1 -n 1000", "who is still on this server?"],
    ["connections --state established --idle-min 10m --count", "how many are asleep?"],
    ["connections --sort out -n 10", "who gets the most?"],
    [
      "connections --all-nodes",
      "each connection of the cluster once, as the director tells that sees its packets",
    ],
  ],
  async run({ options: { limit, sort, count = false, allNodes = false, ...which } }, world) {
    const order = sort && ORDERS[sort];
    const isCut = !count && !order;
    const filter = { ...filterOf(which), ...(isCut && { limit: limit + 1 }) }; // one more than wanted tells whether there are more
    const keep = { limit: count ? 0 : limit, order };
    const { rows, found, isComplete } = await (allNodes ? listAll : listHere)(world, filter, keep);
    const exitCode = isComplete ? EXIT.ok : EXIT.failed;
    if (count) return { json: { count: found }, text: () => `${found}\n`, exitCode };
    const more = found > limit;
    return {
      json: { connections: rows, more },
      text: (paint) => formatConnections(rows, more, paint),
      exitCode,
    };
  },
};

/** Which of those that are found are kept. */
interface Keep {
  readonly limit: number;
  readonly order: ((a: ConnectionStatus, b: ConnectionStatus) => number) | undefined;
}

async function listHere(world: World, filter: ConnectionFilter, keep: Keep) {
  const kept = await withDaemon(world, (node) => collect(node.connections(filter), keep));
  return { ...kept, isComplete: true };
}

async function listAll(world: World, filter: ConnectionFilter, keep: Keep) {
  const { rows, isComplete } = await listAllConnections(world, filter);
  return { ...(await collect(rows, keep)), isComplete };
}

/** The first ones, in the order that is wanted, and how many there were: a million are not all kept. */
async function collect(
  all: AsyncIterable<ConnectionStatus> | Iterable<ConnectionStatus>,
  { limit, order }: Keep,
): Promise<{ rows: ConnectionStatus[]; found: number }> {
  let rows: ConnectionStatus[] = [];
  let found = 0;
  const first = () => (order ? rows.toSorted(order) : rows).slice(0, limit);
  for await (const row of all) {
    found++;
    if (rows.push(row) > 4 * limit + 1000) rows = first();
  }
  return { rows: first(), found };
}
