/** `--rate`: what services and real servers have per second. */
import { formatCounter } from "./numbers.ts";
import { serverName, serviceName } from "./service-name.ts";
import { formatCounters, NAME_WIDTH } from "./stats-view.ts";
import type { ServiceView } from "./view.ts";

export const rateView: ServiceView = {
  header: [
    "Prot LocalAddress:Port                 CPS    InPPS   OutPPS    InBPS   OutBPS",
    "  -> RemoteAddress:Port",
  ],
  service: (s, { names, exact }) => serviceName(s, names).padEnd(NAME_WIDTH) + formatCounters(s.rates, exact),
  server(d, s, { names, exact }) {
    const { connections, inPackets, outPackets, inBytes, outBytes } = d.rates;
    const counts = [connections, inPackets, outPackets].map((n) => String(Math.floor(n)).padStart(8));
    const bytes = [inBytes, outBytes].map((n) => formatCounter(n, exact));
    return serverName(d, s, names) + counts.join(" ") + bytes.join("");
  },
};
