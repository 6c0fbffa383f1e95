/** What the demo serves and where, as data: the document, the directors' configuration, and the traffic. */
import { DocumentSpec } from "@tandem/model";
import { ADDRESSES, addressOf, type NodeName, nodesOf, PORTS, type TrafficOptions } from "../lab/index.ts";

/** The two directors; the first has the higher priority. */
export const DIRECTORS = ["d1", "d2"] as const;
export type DirectorName = (typeof DIRECTORS)[number];

const PRIORITY: Record<DirectorName, number> = { d1: 110, d2: 100 };
const HTTP_VIRTUAL_PORT = 80;

/** Where each thing of a director lies. */
export interface Places {
  readonly runtimeDir: string;
  readonly stateDir: string;
  readonly bpffsDir: string;
  readonly keyFile: string;
}

/** A director's own configuration, as its file holds it. */
export function nodeConfigOf(name: DirectorName, { keyFile, ...places }: Places): object {
  const peers = DIRECTORS.filter((other) => other !== name).map((other) => addressOf(other, "outside"));
  return {
    name,
    ...places,
    interfaces: [{ name: "eth0" }, { name: "eth1" }],
    cluster: { name: "demo", keyFile },
    nats: {
      servers: nodesOf("nats").map((nats) => `${addressOf(nats, "management")}:${PORTS.nats}`),
      replicas: 3,
    },
    vrrp: {
      groups: [
        {
          name: "demo",
          routerId: 51,
          interface: "eth0",
          priority: PRIORITY[name],
          addresses: VIRTUAL_ADDRESSES.filter((a) => a.device === "eth0").map((a) => a.address),
          inside: VIRTUAL_ADDRESSES.filter((a) => a.device === "eth1").map(({ address, device }) => ({
            address,
            interface: device,
          })),
        },
      ],
      peers,
    },
  };
}

/** The addresses that move with the active role. */
export const VIRTUAL_ADDRESSES = [
  { address: `${ADDRESSES.natVip}/24`, device: "eth0" },
  { address: `${ADDRESSES.directRouteVip}/24`, device: "eth0" },
  { address: `${ADDRESSES.insideGateway}/24`, device: "eth1" },
] as const;

/** Every service asks the same question, so that a server that fails is out of all of them. */
const check = {
  type: "http",
  path: "/health",
  port: PORTS.http,
  interval: 0.5,
  timeout: 0.4,
  rise: 2,
  fall: 2,
} as const;

const NAT_VIP = { address: ADDRESSES.natVip, method: "masquerade", scheduler: "wlc", check } as const;
const DIRECT_VIP = { ...NAT_VIP, address: ADDRESSES.directRouteVip, method: "direct-route" } as const;

/** Three masqueraded services and a direct-routed one, each with all three servers. */
export const DOCUMENT = DocumentSpec.parse({
  version: 1,
  services: [
    { ...NAT_VIP, protocol: "tcp", port: PORTS.tcpEcho, destinations: serversAt(PORTS.tcpEcho) },
    { ...NAT_VIP, protocol: "udp", port: PORTS.udpEcho, destinations: serversAt(PORTS.udpEcho) },
    {
      ...NAT_VIP,
      protocol: "tcp",
      port: HTTP_VIRTUAL_PORT,
      scheduler: "rr",
      destinations: serversAt(PORTS.http),
    },
    { ...DIRECT_VIP, protocol: "tcp", port: PORTS.tcpEcho, destinations: serversAt(PORTS.tcpEcho) },
  ],
});

function serversAt(port: number): { address: string; port: number }[] {
  return nodesOf("server").map((server) => ({ address: addressOf(server, "inside"), port }));
}

/** The server that has this address as a destination; the address itself when none has. */
export function serverAt(address: string): NodeName | string {
  return nodesOf("server").find((server) => addressOf(server, "inside") === address) ?? address;
}

/** All the traffic of a run: a fifth as many UDP flows as TCP sessions, and 20 HTTP requests a second. */
export function trafficFor(sessions: number): TrafficOptions {
  const at = (host: string, port: number) => ({ host, port });
  const udp = at(ADDRESSES.natVip, PORTS.udpEcho);
  return {
    tcp: {
      sessions,
      targets: [at(ADDRESSES.natVip, PORTS.tcpEcho), at(ADDRESSES.directRouteVip, PORTS.tcpEcho)],
    },
    udp: { flows: Math.max(1, Math.round(sessions / 5)), targets: [udp] },
    probe: udp,
    // A SYN that falls into a restart is sent again after 1 s, then after 2 s more.
    http: { targets: [at(ADDRESSES.natVip, HTTP_VIRTUAL_PORT)], everyMs: 50, timeoutMs: 5_000 },
  };
}
