/** What a line about a service begins with. */

import { formatEnd, type Names } from "./names.ts";
import type { ListedService } from "./table.ts";

/** Characters that the name of an IPv4 service gets in listings, and so that of an IPv4 real server. */
const SERVICE_WIDTH = 33;
const SERVER_WIDTH = 28;

/** `TCP  192.0.2.1:80`, `FWM  7 IPv6`. */
export function serviceName({ target }: ListedService, names: Names): string {
  // the tool prints marks as signed numbers
  if ("mark" in target) return `FWM  ${target.mark | 0}${target.family === 6 ? " IPv6" : ""}`;
  const name = `${target.protocol.toUpperCase().padEnd(4)} ${formatEnd(target, target.protocol, names)}`;
  return isIpv6(target.address) ? name : name.slice(0, SERVICE_WIDTH);
}

/** `  -> 10.0.0.1:80                `: the beginning of a line about a real server. */
export function serverName(
  server: { readonly address: string; readonly port: number },
  { target }: ListedService,
  names: Names,
): string {
  const name = formatEnd(server, "mark" in target ? undefined : target.protocol, names);
  const shown = isIpv6(server.address) ? name : name.slice(0, SERVER_WIDTH);
  return `  -> ${shown.padEnd(SERVER_WIDTH)} `;
}

const isIpv6 = (address: string): boolean => address.includes(":");
