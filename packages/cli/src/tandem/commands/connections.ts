/** `tandem connections`: who talks to which destination. */
import type { ConnectionFilter, ConnectionStatus } from "@tandem/engine/client";
import { type AllConnections, listAllConnections } from "../all-connections.ts";
import { ALL_NODES } from "../all-nodes.ts";
import { type Command, EXIT, type World, withDaemon } from "../command.ts";
import { type Cell, formatBytes, formatDuration, formatPlural, formatTable, type Paint } from "../format.ts";
import { wholeNumber } from "../read-option.ts";

interface Options {
  readonly service?: string;
  readonly client?: string;
  readonly destination?: string;
  readonly limit: number;
  readonly allNodes?: boolean;
}

export const connections: Command<Options> = {
  options: [
    {
      flags: "--service <service>",
      help: 'only this service, such as "tcp 192.0.2.1:80", tcp/192.0.2.1:80 or "mark 7 ipv4"',
    },
    { flags: "--client <address>", help: "only this client: address or address:port" },
    { flags: "--destination <address>", help: "only this destination, likewise" },
    {
      flags: "-n, --limit <number>",
      help: "at most so many",
      default: 100,
      read: wholeNumber("limit", 1, 1_000_000),
    },
    ALL_NODES,
  ],
  examples: [
    ["connections", "the first hundred"],
    ["connections --client 198.51.100.7", "where is this client's session?"],
    ["connections --destination 10.0.0.1 -n 1000", "who is still on this server?"],
    [
      "connections --all-nodes",
      "each connection of the cluster once, as the director tells that sees its packets",
    ],
  ],
  async run({ options: { limit, allNodes, ...rest } }, world) {
    const filter = { ...rest, limit: limit + 1 }; // one more than wanted tells whether there are more
    const { rows, isComplete } = await (allNodes
      ? listAllConnections(world, filter)
      : listConnections(world, filter));
    const shown = rows.slice(0, limit);
    return {
      json: { connections: shown, more: rows.length > limit },
      text: (paint) => formatConnections(shown, rows.length > limit, paint),
      exitCode: isComplete ? EXIT.ok : EXIT.failed,
    };
  },
};

async function listConnections(world: World, filter: ConnectionFilter): Promise<AllConnections> {
  const rows: ConnectionStatus[] = [];
  await withDaemon(world, async (node) => {
    for await (const row of node.connections(filter)) rows.push(row);
  });
  return { rows, isComplete: true };
}

/** A table of connections; `more` says that the limit cut it. */
export function formatConnections(rows: readonly ConnectionStatus[], more: boolean, paint: Paint): string {
  if (rows.length === 0) return "No connections.\n";
  const table = formatTable(
    [
      { title: "PROTO" },
      { title: "STATE" },
      { title: "CLIENT", least: 16 },
      { title: "VIRTUAL", least: 14 },
      { title: "DESTINATION", least: 16 },
      { title: "METHOD", yields: 3 },
      { title: "LOCAL", yields: 2 },
      { title: "MARK", align: "right", yields: 4 },
      { title: "EXPIRES IN", align: "right" },
      { title: "OWNER", yields: 5 },
      { title: "CONTROLLER", yields: 6 },
      { title: "IN", align: "right", yields: 1 },
      { title: "OUT", align: "right", yields: 1 },
    ],
    rows.map((c) => [
      c.protocol,
      stateCell(c),
      c.client,
      c.virtual,
      c.destination,
      c.method,
      c.local ?? "",
      c.mark === 0 ? "" : String(c.mark),
      formatDuration(c.expiresInSeconds * 1000),
      c.owner,
      c.controller ?? "",
      formatBytes(c.inBytes),
      formatBytes(c.outBytes),
    ]),
    paint,
  );
  if (!more) return table;
  return `${table}${paint("warn", `There are more: these are the first ${formatPlural(rows.length, "connection")}; see --limit`)}\n`;
}

/** Templates and held connections are no ordinary ones. */
function stateCell({ state, template, held }: ConnectionStatus): Cell {
  if (template) return ["faint", `${state} (template)`];
  return held ? ["warn", `${state} (held)`] : state;
}
