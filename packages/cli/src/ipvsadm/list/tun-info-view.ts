/** `--tun-info`: which tunnel leads to a real server. */
import { forwardName } from "./forward-name.ts";
import { serviceLine } from "./service-line.ts";
import { serverName } from "./service-name.ts";
import type { ListedServer } from "./table.ts";
import { columns, type ServiceView } from "./view.ts";

export const tunInfoView: ServiceView = {
  header: [
    "Prot LocalAddress:Port Scheduler Flags",
    "  -> RemoteAddress:Port           Forward TunnelInfo    Weight ActiveConn InActConn",
  ],
  service: (s, { names }) => serviceLine(s, names),
  server: (d, s, { names }) =>
    serverName(d, s, names) +
    columns(
      [forwardName(d.method), 7],
      [formatTunnel(d), 13],
      [d.effectiveWeight, 6],
      [d.activeConnections, 10],
      [d.inactiveConnections, 10],
    ),
};

const CHECKSUMS = { none: "-c", full: "+c", remote: "r+c" } as const;

/** `ipip`, `gue:6080:+c`, `gre:-c`. */
function formatTunnel({ tunnel }: ListedServer): string {
  if (!tunnel) return "n/a";
  const { type, port, checksum } = tunnel;
  if (type === "ipip") return type;
  return [type, ...(port === undefined ? [] : [port]), CHECKSUMS[checksum]].join(":");
}
