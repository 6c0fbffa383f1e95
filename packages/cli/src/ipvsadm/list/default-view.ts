/** `-L`: how services schedule and forward. */
import { forwardName } from "./forward-name.ts";
import { serviceLine } from "./service-line.ts";
import { serverName } from "./service-name.ts";
import { columns, type ServiceView } from "./view.ts";

export const defaultView: ServiceView = {
  header: [
    "Prot LocalAddress:Port Scheduler Flags",
    "  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn",
  ],
  service: (s, { names }) => serviceLine(s, names),
  server: (d, s, { names }) =>
    serverName(d, s, names) +
    columns(
      [forwardName(d.method), 7],
      [d.effectiveWeight, 6],
      [d.activeConnections, 10],
      [d.inactiveConnections, 10],
    ),
};
