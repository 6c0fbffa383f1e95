/** What every scenario meets: services of each kind, destinations, tunnels, and the policy that it chooses. */
import { parsePrefix, TUNNEL_NUMBERS } from "@tandem/model";
import { POLICY_FLAG, SERVICE_FLAG, TUNNEL_FLAG } from "../../packages/engine/src/core/layout.ts";
import type { MarkRule, Policy, ServiceChange } from "../../packages/engine/src/dataplane/dataplane.ts";
import { packTransitions } from "../../packages/engine/src/protocols/transitions.ts";
import { type Family, PLACES, type PlaceName } from "./network.ts";
import { bytesOf } from "./packets.ts";
import { type PolicyChoice, PROTOCOL_NUMBERS, SERVER_PORT, SLOPPY_PORT, VIRTUAL_PORT } from "./scenario.ts";

/** Ports of services that prefixes of clients are asked for; the second serves the allowed only. */
export const FILTERED_PORT = 82;
export const ALLOW_LISTED_PORT = 83;
export const FTP_PORT = 21;
/** Marks with a plain service, a sloppy one, a filtered one, and none. */
export const MARKS = { plain: 5, sloppy: 6, filtered: 7, none: 8 } as const;
const GUE_PORT = 6080;
const TUNNEL_END = 255;

/** How a tunnel is made, and where it ends. */
export interface TunnelChoice {
  readonly type: keyof typeof TUNNEL_NUMBERS;
  /** `TUNNEL_FLAG`. */
  readonly flags: number;
  /** Family of its outer header. */
  readonly outer: Family;
  readonly end: PlaceName;
}

const KINDS: readonly Pick<TunnelChoice, "type" | "flags">[] = [
  { type: "ipip", flags: 0 },
  { type: "gre", flags: 0 },
  { type: "gre", flags: TUNNEL_FLAG.checksum },
  { type: "gue", flags: 0 },
  { type: "gue", flags: TUNNEL_FLAG.checksum },
  { type: "gue", flags: TUNNEL_FLAG.remoteChecksum },
];
const ENDS: readonly PlaceName[] = ["server", "narrow", "stranger", "blackhole", "host"];

/** Every kind of tunnel over both families, to ends that differ in their routes. */
export const TUNNELS: readonly TunnelChoice[] = ENDS.flatMap((end) =>
  ([4, 6] as const).flatMap((outer) => KINDS.map((kind) => ({ ...kind, outer, end }))),
);
/** Id of the destination that a tunnel (its place in `TUNNELS`) belongs to. */
export const tunnelId = (index: number): number => 100 + index;
/** A destination that no tunnel leads to. */
export const NO_TUNNEL_ID = 99;

/** Where outer headers come from. */
export const tunnelSource = (address: Uint8Array): Uint8Array =>
  bytesOf(address.length === 4 ? "10.0.0.254" : "fd00::fe");

/** Services, destinations and tunnels of both families. */
export function configuredServices(): ServiceChange[] {
  return [...servicesOf(4), ...servicesOf(6), ...TUNNELS.map(tunnelChange)];
}

function tunnelChange({ type, flags, outer, end }: TunnelChoice, index: number): ServiceChange {
  const tunnel = { address: bytesOf(PLACES[end][outer]), type: TUNNEL_NUMBERS[type], flags, port: GUE_PORT };
  return { kind: "set_tunnel", destination: tunnelId(index), tunnel };
}

function servicesOf(family: Family): ServiceChange[] {
  const { tcp, udp, sctp } = PROTOCOL_NUMBERS;
  const address = (name: PlaceName) => bytesOf(PLACES[name][family]);
  const vip = (name: PlaceName, flags = 0): ServiceChange => ({
    kind: "set_vip",
    address: address(name),
    flags,
  });
  const service = (at: [PlaceName, number, number], id: number, flags = 0): ServiceChange => ({
    kind: "set_service",
    at: { address: address(at[0]), protocol: at[1], port: at[2] },
    id,
    flags,
  });
  const { filtered, allowListed, sloppy, expects, ftp } = SERVICE_FLAG;
  return [
    vip("vip"),
    ...[tcp, udp, sctp].flatMap((protocol) => [
      service(["vip", protocol, VIRTUAL_PORT], 7),
      service(["vip", protocol, SLOPPY_PORT], 7, sloppy),
      service(["vip", protocol, FILTERED_PORT], FILTERED_PORT, filtered),
      service(["vip", protocol, ALLOW_LISTED_PORT], ALLOW_LISTED_PORT, filtered | allowListed),
    ]),
    vip("wide"),
    service(["wide", tcp, VIRTUAL_PORT], 7),
    service(["wide", tcp, 0], 8, sloppy),
    service(["wide", sctp, 0], 8),
    service(["wide", udp, 0], 8),
    vip("ftp", expects),
    service(["ftp", tcp, FTP_PORT], 9, ftp),
    ...[MARKS.plain, MARKS.sloppy, MARKS.filtered].map((mark): ServiceChange => {
      const flags = { [MARKS.plain]: 0, [MARKS.sloppy]: sloppy, [MARKS.filtered]: filtered }[mark]!;
      return { kind: "set_mark", at: { mark, family }, id: FILTERED_PORT, flags };
    }),
    ...clientsOf(family),
    ...(["server", "gateway"] as const).flatMap((name) => realServersOf(address(name))),
    ...(["server", "narrow"] as const).map((name): ServiceChange => {
      return { kind: "set_real_server", at: { address: address(name), port: 0, protocol: TUNNEL_END } };
    }),
  ];
}

/** Of one service the client is let through within a denied network, of the other its neighbour is kept out of an allowed one. */
function clientsOf(family: Family): ServiceChange[] {
  const [client, neighbour] = [PLACES.client[family], PLACES.neighbour[family]];
  const network = family === 4 ? 24 : 64;
  const prefixes: [number, string, boolean][] = [
    [FILTERED_PORT, `${client}/${network}`, false],
    [FILTERED_PORT, client, true],
    [ALLOW_LISTED_PORT, `${client}/${network}`, true],
    [ALLOW_LISTED_PORT, neighbour, false],
  ];
  return prefixes.map(([service, text, isAllowed]): ServiceChange => {
    const { address, bits } = parsePrefix(text)!;
    return { kind: "set_client", at: { service, address, bits }, isAllowed };
  });
}

function realServersOf(address: Uint8Array): ServiceChange[] {
  const endpoints = Object.values(PROTOCOL_NUMBERS).map((protocol) => ({
    address,
    port: SERVER_PORT,
    protocol,
  }));
  return [...endpoints, { address, port: 0, protocol: 0 }].map((at): ServiceChange => {
    return { kind: "set_real_server", at };
  });
}

const ANY_PORT = [0, 65_535] as const;
const anyRule = { protocol: 0, sourcePorts: ANY_PORT, destinationPorts: ANY_PORT } as const;

/** Classifier rules: by destination, by protocol and port, by interface and port, by an interface that is not there, by source and protocol. */
const RULES: readonly MarkRule[] = [
  { ...anyRule, mark: MARKS.plain, destination: parsePrefix("203.0.113.64/26")! },
  { ...anyRule, mark: MARKS.plain, destination: parsePrefix("2001:db8:fff0::/48")! },
  { ...anyRule, mark: 9, interface: "absent0" },
  { ...anyRule, mark: MARKS.sloppy, protocol: PROTOCOL_NUMBERS.tcp, destinationPorts: [5000, 5010] },
  { ...anyRule, mark: MARKS.filtered, interface: "client0", sourcePorts: [7000, 7000] },
  { ...anyRule, mark: MARKS.none, protocol: PROTOCOL_NUMBERS.sctp, source: parsePrefix("198.51.100.0/24")! },
];

/** The policy that a scenario chooses. */
export const policyOf = ({ flags = 0, hasRules = false, budget = 0 }: PolicyChoice = {}): Policy => ({
  flags,
  budget,
  rules: hasRules ? RULES : [],
  transitions: packTransitions(),
});

/** All flags of a policy together, and each by itself. */
export const POLICY_FLAGS: readonly number[] = [0, ...Object.values(POLICY_FLAG)];
