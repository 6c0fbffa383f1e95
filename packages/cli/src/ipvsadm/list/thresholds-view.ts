/** `--thresholds`: how many connections a real server may have. */
import { serviceLine } from "./service-line.ts";
import { serverName } from "./service-name.ts";
import { columns, type ServiceView } from "./view.ts";

export const thresholdsView: ServiceView = {
  header: [
    "Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn ",
    "  -> RemoteAddress:Port",
  ],
  service: (s, { names }) => serviceLine(s, names),
  server: (d, s, { names }) =>
    serverName(d, s, names) +
    columns(
      [d.upperThreshold, 10],
      [d.lowerThreshold, 10],
      [d.activeConnections, 10],
      [d.inactiveConnections, 10],
    ),
};
