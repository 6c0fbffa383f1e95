/** `--persistent-conn`: how many clients stay with a real server. */
import { serviceLine } from "./service-line.ts";
import { serverName } from "./service-name.ts";
import { columns, type ServiceView } from "./view.ts";

export const persistentConnView: ServiceView = {
  header: [
    "Prot LocalAddress:Port            Weight    PersistConn ActiveConn InActConn ",
    "  -> RemoteAddress:Port",
  ],
  service: (s, { names }) => serviceLine(s, names),
  server: (d, s, { names }) =>
    serverName(d, s, names) +
    columns(
      [d.effectiveWeight, 9],
      [d.persistentConnections, 11],
      [d.activeConnections, 10],
      [d.inactiveConnections, 10],
    ),
};
