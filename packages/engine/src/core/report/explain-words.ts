/** The sentences of an explanation: what is changed in a packet, and how its connection ends. */
import { formatAddress, formatEndpoint, METHOD_NUMBERS, TUNNEL_NUMBERS } from "@tandem/model";
import type { Tunnel } from "../../dataplane/dataplane.ts";
import { swapPort, wordsToAddress } from "../../packet/words.ts";
import { PROTOCOLS } from "../../protocols/transitions.ts";
import { overheadOf } from "../../rewrite/tunnel.ts";
import type { Service } from "../services/service.ts";

/** Between whom a connection runs, and how. Endpoints are `address:port`. */
export interface Way {
  /** `METHOD_NUMBERS`. */
  readonly method: number;
  readonly client: string;
  readonly virtual: string;
  readonly destination: string;
  /** Full NAT; undefined before the connection is there. */
  readonly local: string | undefined;
  readonly tunnel: Tunnel | undefined;
}

/** `address:port` of words as they stand in packets. */
export function endpointText(address: Uint32Array, port: number): string {
  const bytes = new Uint8Array(4 * address.length);
  wordsToAddress(address, 0, bytes, address.length);
  return formatEndpoint(formatAddress(bytes), swapPort(port));
}

/** What is changed in a packet of the client, or in a reply to it; one sentence each. */
export function describeRewriting(way: Way, isReply: boolean): string[] {
  const changes = (isReply ? REPLY : REQUEST)[way.method]?.(way) ?? [];
  return way.method === METHOD_NUMBERS.local ? changes : [...changes, "its TTL is one less"];
}

const REQUEST: Readonly<Record<number, (way: Way) => string[]>> = {
  [METHOD_NUMBERS.masquerade]: (w) => [`its destination ${w.virtual} becomes ${w.destination}`],
  [METHOD_NUMBERS["full-nat"]]: (w) => [
    `its source ${w.client} becomes ${w.local ?? "one of the service's sourceAddresses, with a free port"}`,
    `its destination ${w.virtual} becomes ${w.destination}`,
  ],
  [METHOD_NUMBERS["direct-route"]]: (w) => [
    `it goes as it is, to the next hop on the way to ${w.destination}`,
  ],
  [METHOD_NUMBERS.tunnel]: (w) => [...(w.tunnel ? [`it is wrapped in ${describeTunnel(w.tunnel)}`] : [])],
  [METHOD_NUMBERS.local]: () => ["it is delivered to this host as it is"],
  [METHOD_NUMBERS.bypass]: (w) => [`it goes as it is, to the next hop on the way to ${w.virtual}`],
};

const REPLY: Readonly<Record<number, (way: Way) => string[]>> = {
  [METHOD_NUMBERS.masquerade]: (w) => [`its source ${w.destination} becomes ${w.virtual}`],
  [METHOD_NUMBERS["full-nat"]]: (w) => [
    `its source ${w.destination} becomes ${w.virtual}`,
    `its destination ${w.local} becomes ${w.client}`,
  ],
};

function describeTunnel(tunnel: Tunnel): string {
  const [name] = Object.entries(TUNNEL_NUMBERS).find(([, number]) => number === tunnel.type)!;
  const bytes = overheadOf({ ...tunnel, family: tunnel.address.length === 4 ? 4 : 6 });
  return `${name} on its way to ${formatAddress(tunnel.address)}, ${bytes} bytes longer`;
}

/** The state in which a connection stays while it is of use, by protocol. */
const LASTING: Readonly<Record<number, string>> = { 6: "ESTABLISHED", 17: "UDP", 132: "ESTABLISHED" };
const TICKS_PER_SECOND = 1e9 / 2 ** 20;

/** When a connection that is to be made will end. */
export function describeTimeout(protocol: number, { timeouts }: Pick<Service, "timeouts">): string {
  const name = LASTING[protocol] ?? "NONE";
  const state = PROTOCOLS[protocol]?.stateNames.lastIndexOf(name) ?? 0;
  return `after ${Math.round(timeouts(protocol, state) / TICKS_PER_SECOND)} s without a packet, once it is ${name}`;
}

/** What else ends it: the fates that its service has for it, if they are not to keep it. */
export function describeFates({ whenDown, whenRemoved }: Service["record"]): string {
  const down = whenDown === "keep" ? "" : `; when its destination goes down: ${whenDown}`;
  return whenRemoved === "keep" ? down : `${down}; when its destination is removed: ${whenRemoved}`;
}
