/** Transport protocols that a virtual service can have, by the name that documents use; "any" is a firewall mark's. */
export const PROTOCOL_NUMBERS = { any: 0, tcp: 6, udp: 17, sctp: 132 } as const;

/**
 * Forwarding methods as numbers in records: Linux `IP_VS_CONN_F_*` (`include/uapi/linux/ip_vs.h`), so that LVS peers need no table; full NAT
 * is Tandem's own.
 */
export const METHOD_NUMBERS = {
  masquerade: 0,
  local: 1,
  tunnel: 2,
  "direct-route": 3,
  bypass: 4,
  "full-nat": 5,
} as const;

/** Tunnel types as numbers: Linux `IP_VS_CONN_F_TUNNEL_TYPE_*`. */
export const TUNNEL_NUMBERS = { ipip: 0, gue: 1, gre: 2 } as const;

/** Name of an IP protocol number, or the number in text where it has none here. */
export function protocolName(number: number): string {
  return nameOf(PROTOCOL_NUMBERS, number) ?? String(number);
}

/** Name of a forwarding method's number, or the number in text where it has none. */
export function methodName(number: number): string {
  return nameOf(METHOD_NUMBERS, number) ?? String(number);
}

function nameOf(table: Readonly<Record<string, number>>, number: number): string | undefined {
  return Object.keys(table).find((name) => table[name] === number);
}
