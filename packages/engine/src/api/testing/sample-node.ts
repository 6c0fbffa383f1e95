/** A node for tests: every field of every answer has a value of its own, so that a conversion that mixes two up is seen. */
import { type Document, DocumentSpec, EMPTY_DOCUMENT, reviseDocument } from "@tandem/model";
import type { ConnectionStatus, NodeApi, NodeStatus, ServiceStatus } from "../node-api.ts";

export const sampleStatus: NodeStatus = {
  node: "d1",
  version: "0.1.0",
  role: "active",
  roleCause: "VRRP said so",
  roleSinceMs: 1_790_000_000_123,
  revision: 42,
  sync: "repairing",
  connections: 1203,
  capacity: 1_048_576,
  forwarding: true,
  lagMs: { p50: 2.125, p99: 7.75 },
  peers: [
    {
      node: "d2",
      state: "live",
      role: "standby",
      revision: 41,
      connections: 7,
      held: 6,
      lagMs: 1.5,
      lastSeenMsAgo: 312,
    },
    {
      node: "d3",
      state: "lost",
      role: "fault",
      revision: 40,
      connections: 5,
      held: 4,
      lastSeenMsAgo: 90_000,
    },
  ],
  nats: "connected",
  maintenance: false,
  virtualAddresses: ["192.0.2.10", "2001:db8::10"],
  alarms: ["peer d3 is lost"],
  packets: { forwarded: Number.MAX_SAFE_INTEGER, mid_stream: 12 },
};

export const sampleServices: ServiceStatus[] = [
  {
    id: 1,
    protocol: "tcp",
    address: "192.0.2.10",
    port: 80,
    scheduler: "wlc",
    traffic: { connections: 10, inPackets: 11, inBytes: 12, outPackets: 13, outBytes: 14 },
    destinations: [
      {
        id: 2,
        address: "10.0.0.1",
        port: 8080,
        method: "masquerade",
        configuredWeight: 3,
        effectiveWeight: 0,
        why: "drained",
        health: "up",
        activeConnections: 15,
        inactiveConnections: 16,
        traffic: { connections: 20, inPackets: 21, inBytes: 22, outPackets: 23, outBytes: 24 },
      },
    ],
  },
];

/** Uses everything that a document can say. */
export const sampleSpec: DocumentSpec = DocumentSpec.parse({
  version: 1,
  services: [
    {
      protocol: "tcp",
      address: "192.0.2.10",
      port: 80,
      scheduler: "wrr",
      check: {
        type: "http",
        interval: 0.5,
        timeout: 0.25,
        rise: 4,
        fall: 5,
        port: 8081,
        path: "/h",
        host: "h",
        status: [200, 204],
      },
      destinations: [
        { address: "10.0.0.1", port: 8080, weight: 0, drain: true },
        { address: "10.0.0.2", weight: 65535, method: "direct-route" },
      ],
    },
    {
      protocol: "udp",
      address: "2001:db8::10",
      port: 53,
      method: "direct-route",
      check: { type: "tcp", port: 9 },
    },
    { protocol: "udp", address: "192.0.2.10", port: 53 },
  ],
});

export const sampleDocument: Document = {
  ...reviseDocument(
    { ...EMPTY_DOCUMENT, revision: 6, nextId: 9, retired: { "tcp 192.0.2.9:80": 3 } },
    sampleSpec,
  ),
};

/** The `n`-th connection of a table that has as many as you ask for. */
export function sampleConnection(n: number): ConnectionStatus {
  return {
    protocol: "tcp",
    state: "ESTABLISHED",
    client: `198.51.100.7:${1024 + n}`,
    virtual: "192.0.2.10:80",
    destination: "10.0.0.1:8080",
    method: "masquerade",
    expiresInSeconds: 899.5,
    owner: "d1",
    inPackets: n,
    inBytes: n + 1,
    outPackets: n + 2,
    outBytes: n + 3,
  };
}

/** A node that answers with the samples; `overrides` replace single methods. */
export function createSampleNode(overrides: Partial<NodeApi> = {}): NodeApi {
  return {
    status: async () => sampleStatus,
    services: async () => sampleServices,
    async *connections({ limit = 0 }) {
      for (let n = 0; n < limit; n++) yield sampleConnection(n);
    },
    document: async () => sampleDocument,
    apply: async () => ({ revision: 43, changed: true }),
    drain: async () => ({ revision: 44, destinations: ["tcp 192.0.2.10:80 -> 10.0.0.1:8080"] }),
    switchover: async () => ({ steps: ["lower our priority", "wait for d2"], from: "d1", to: "d2" }),
    ...overrides,
  };
}
