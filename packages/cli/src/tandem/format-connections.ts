import type { ConnectionStatus } from "@tandem/engine/client";
import { connectionWords } from "./connection-words.ts";
import { type Cell, formatBytes, formatDuration, formatPlural, formatTable, type Paint } from "./format.ts";

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
      { title: "IDLE", align: "right", yields: 7 },
      { title: "EXPIRES IN", align: "right", yields: 0 },
      { title: "OWNER", yields: 5 },
      { title: "CONTROLLER", yields: 6 },
      { title: "IN", align: "right", yields: 1 },
      { title: "OUT", align: "right", yields: 1 },
    ],
    rows.map(connectionRow),
    paint,
  );
  if (!more) return table;
  return `${table}${paint("warn", `There are more: these are the first ${formatPlural(rows.length, "connection")}; see --limit`)}\n`;
}

function connectionRow(c: ConnectionStatus): Cell[] {
  const { state, client, virtual, destination } = connectionWords(c);
  return [
    c.protocol,
    c.template ? ["faint", state] : c.held ? ["warn", state] : state,
    client,
    virtual,
    destination,
    c.method,
    c.local ?? "",
    c.mark === 0 ? "" : String(c.mark),
    formatDuration(c.idleSeconds * 1000),
    formatDuration(c.expiresInSeconds * 1000),
    c.owner,
    c.controller ?? "",
    formatBytes(c.inBytes),
    formatBytes(c.outBytes),
  ];
}
