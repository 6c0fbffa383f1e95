/** Names of hosts and ports in listings, and ends of connections written with them. */
import { familyOf } from "@tandem/model";
import type { TransportName } from "../command.ts";

/** Who knows names; undefined: there is none, the number stands there. */
export interface Names {
  host(address: string): string | undefined;
  port(port: number, protocol: TransportName): string | undefined;
}

/** `-n`: nothing has a name. */
export const NUMERIC: Names = { host: () => undefined, port: () => undefined };

/** ipvsadm 1.31 writes an end into 60 bytes, the closing zero included. */
const LONGEST = 59;

/** `10.0.0.1:80`, `[2001:db8::1]:80`, with names where there are some. Without a protocol (a firewall mark) ports have none. */
export function formatEnd(
  at: { readonly address: string; readonly port: number },
  protocol: TransportName | undefined,
  names: Names,
): string {
  const host = names.host(at.address) ?? asWritten(at.address);
  const port = (protocol && at.port !== 0 && names.port(at.port, protocol)) || String(at.port);
  const text = familyOf(at.address) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
  return text.slice(0, LONGEST);
}

/** The C library writes the last 32 bits as IPv4 does where nothing stands before them. */
function asWritten(address: string): string {
  const words = /^::([\da-f]{1,4}):([\da-f]{1,4})$/.exec(address)?.slice(1);
  if (!words) return address;
  const bytes = words.map((word) => Number.parseInt(word, 16)).flatMap((n) => [n >>> 8, n & 0xff]);
  return `::${bytes.join(".")}`;
}
