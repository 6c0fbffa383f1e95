/** `--stats`: what services and real servers had since they were there, or since `-Z`. */
import type { Traffic } from "@tandem/engine";
import { formatCounter } from "./numbers.ts";
import { serverName, serviceName } from "./service-name.ts";
import type { ServiceView } from "./view.ts";

/** Columns of a service's name in listings of counters. */
export const NAME_WIDTH = 33;

export const statsView: ServiceView = {
  header: [
    "Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes",
    "  -> RemoteAddress:Port",
  ],
  service: (s, { names, exact }) =>
    serviceName(s, names).padEnd(NAME_WIDTH) + formatCounters(s.traffic, exact),
  // the name is 5 + 28 characters wide: counters follow it without a blank of their own
  server: (d, s, { names, exact }) => serverName(d, s, names).slice(0, -1) + formatCounters(d.traffic, exact),
};

/** Five counters, in the order of ipvsadm's columns. */
export const formatCounters = (t: Traffic, exact: boolean): string =>
  [t.connections, t.inPackets, t.outPackets, t.inBytes, t.outBytes]
    .map((n) => formatCounter(n, exact))
    .join("");
