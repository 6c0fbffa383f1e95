/** What the sentences of the contract share: addresses, services, packets from both sides, connections made by hand. */
import { METHOD_NUMBERS } from "@tandem/model";
import { expect } from "vitest";
import { SERVICE_FLAG } from "../../core/layout.ts";
import type { RecordArray } from "../../core/record.ts";
import { addressWords } from "../../core/services/service-table.ts";
import {
  type ConnectionTable,
  createBirth,
  createConnectionTable,
  type NewConnection,
} from "../../core/table/connection-table.ts";
import type { Reason, Verdict } from "../../core/verdict.ts";
import { createParsedPacket, parseIp, parseTransport } from "../../packet/parse.ts";
import { buildIcmpError, buildPacket, type PacketSpec } from "../../packet/testing.ts";
import { swapPort } from "../../packet/words.ts";
import { packTransitions } from "../../protocols/transitions.ts";
import type { DataPlane, Policy, ServiceChange } from "../dataplane.ts";
import { createSegmenter } from "../memory-segments.ts";

/** What the fast path did with a packet. */
export interface Observed {
  verdict: Verdict;
  reason: Reason;
}

/** An implementation under test and the world around it, which must have the addresses and routes of `CONTRACT_NETWORK`. */
export interface DataPlaneHarness {
  readonly dataplane: DataPlane;
  /** A packet arrives, from its IP header on, by the interface of the client's side. */
  receive(packet: Uint8Array): Observed | Promise<Observed>;
  /**
   * A TCP or UDP packet arrives there that stands for segments of `gsoSize` bytes of payload each, as it does where a hook does not take such
   * packets: cut.
   */
  receiveOffloaded(packet: Uint8Array, gsoSize: number): void | Promise<void>;
  /** Take what has left since the last call, from the IP header on, after waiting for `count` packets or a deadline of the harness's own. */
  left(count: number): Uint8Array[] | Promise<Uint8Array[]>;
  close(): void | Promise<void>;
}

/** Protocols of which a packet can arrive that stands for segments. */
export type Offloads = readonly ("tcp" | "udp")[];

/** Addresses of the cases, by family: servers and clients are reached by routes, `host` is the machine's own. */
export const CONTRACT_NETWORK = {
  4: { client: "198.51.100.7", vip: "192.0.2.1", server: "10.0.0.1", host: "192.0.2.250", else: "10.0.0.9" },
  6: {
    client: "2001:db8:2::7",
    vip: "2001:db8::1",
    server: "fd00::1",
    host: "2001:db8::250",
    else: "fd00::9",
  },
} as const;

export const PORTS = { vip: 80, server: 8080, client: 40_000, sloppy: 81, local: 2000 } as const;
export const IDS = { tcp: 7, udp: 8, sctp: 10, sloppy: 9, other: 11, destination: 70 } as const;
const PROTOCOLS = { tcp: 6, udp: 17, sctp: 132 } as const;

/** A connection in the table. */
export interface Connected {
  index: number;
  records: RecordArray;
  table: ConnectionTable;
  kill(): void;
}

/** One family's addresses and packets. */
export interface ContractScene {
  readonly family: 4 | 6;
  readonly net: (typeof CONTRACT_NETWORK)[4 | 6];
  readonly harness: () => DataPlaneHarness;
  fromClient(more?: Partial<PacketSpec>): PacketSpec;
  fromServer(more?: Partial<PacketSpec>): PacketSpec;
  /** An ICMP error "unreachable" from the server about the packet. */
  unreachable(about: PacketSpec): Uint8Array;
  /** A masqueraded connection made by hand, as the core does it, unless `more` says otherwise. */
  connect(more?: Partial<NewConnection> & { spec?: Partial<PacketSpec> }): Connected;
  /** The same record for a policy without any rule but these. */
  policy(more: Partial<Policy>): Policy;
}

/** A scene of one family over the data plane of the running case. */
export function createContractScene(family: 4 | 6, harness: () => DataPlaneHarness): ContractScene {
  const net = CONTRACT_NETWORK[family];
  const fromClient = (more: Partial<PacketSpec> = {}): PacketSpec => ({
    protocol: "tcp",
    from: net.client,
    fromPort: PORTS.client,
    to: net.vip,
    toPort: PORTS.vip,
    ...more,
  });
  const fromServer = (more: Partial<PacketSpec> = {}): PacketSpec => ({
    protocol: "tcp",
    from: net.server,
    fromPort: PORTS.server,
    to: net.client,
    toPort: PORTS.client,
    ...more,
  });
  return {
    family,
    net,
    harness,
    fromClient,
    fromServer,
    unreachable: (about) =>
      buildIcmpError({
        from: net.server,
        to: net.client,
        type: family === 4 ? 3 : 1,
        about: buildPacket(about),
      }),
    connect({ spec, ...more } = {}) {
      const { dataplane } = harness();
      const table = createConnectionTable(dataplane, dataplane, 1);
      const index = table.create({ ...birthOf(family, fromClient(spec), net.server), ...more }, 0);
      const settle = () => dataplane.flushFlows(() => expect.unreachable("no room for a flow"));
      settle();
      const kill = () => {
        table.kill(family, index, 0);
        settle();
      };
      return { index, records: table.records[family], table, kill };
    },
    policy: (more) => ({ flags: 0, budget: 0, rules: [], transitions: packTransitions(), ...more }),
  };
}

/** The services of the cases: one of each protocol, a sloppy one, one masqueraded destination. */
export function configured(family: 4 | 6): ServiceChange[] {
  const vip = bytesOf(CONTRACT_NETWORK[family].vip);
  const server = bytesOf(CONTRACT_NETWORK[family].server);
  const service = (protocol: number, port: number, id: number, flags = 0): ServiceChange => ({
    kind: "set_service",
    at: { address: vip, port, protocol },
    id,
    flags,
  });
  return [
    { kind: "set_vip", address: vip, flags: 0 },
    service(PROTOCOLS.tcp, PORTS.vip, IDS.tcp),
    service(PROTOCOLS.udp, PORTS.vip, IDS.udp),
    service(PROTOCOLS.sctp, PORTS.vip, IDS.sctp),
    service(PROTOCOLS.tcp, PORTS.sloppy, IDS.sloppy, SERVICE_FLAG.sloppy),
    service(PROTOCOLS.sctp, PORTS.sloppy, IDS.sloppy, SERVICE_FLAG.sloppy),
    { kind: "set_real_server", at: { address: server, port: PORTS.server, protocol: PROTOCOLS.tcp } },
    { kind: "set_real_server", at: { address: server, port: 0, protocol: 0 } },
  ];
}

/** A masqueraded connection in state 0 for the flow of a client's packet. */
function birthOf(family: 4 | 6, spec: PacketSpec, server: string): NewConnection {
  const p = createParsedPacket();
  const packet = buildPacket(spec);
  p.family = family;
  parseIp(p, packet, packet.length);
  parseTransport(p, packet);
  return {
    ...createBirth(),
    family,
    key: p.key,
    method: METHOD_NUMBERS.masquerade,
    serviceId: IDS.tcp,
    destinationId: IDS.destination,
    destination: addressWords(server),
    destinationPort: swapPort(PORTS.server),
  };
}

/** The segments that an offloaded packet stands for. */
export function segmentsOf(packet: Uint8Array, gsoSize: number): Uint8Array[] {
  const segments: Uint8Array[] = [];
  const family = packet[0]! >>> 4 === 4 ? 4 : 6;
  const offloaded = { family, packet, packetBytes: packet.length, gsoSize, gsoSegments: 1 } as const;
  createSegmenter()(offloaded, (segment) => segments.push(segment.packet));
  return segments;
}

/** An address in text as bytes. */
export const bytesOf = (address: string): Uint8Array => new Uint8Array(addressWords(address).buffer);
