/** A node for tests: every field of every answer has a value of its own, so that a conversion that mixes two up is seen. */
import { type Document, DocumentSpec, EMPTY_DOCUMENT, reviseDocument } from "@tandem/model";
import type {
  CapturedPackets,
  ConnectionStatus,
  ExplanationStatus,
  NodeApi,
  NodeEvent,
  NodeStatus,
  RevisionStatus,
  ServiceStatus,
} from "../node-api.ts";

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
      unconfirmed: 3,
      comparedMsAgo: 4200.5,
      differing: 2,
      maintenance: true,
    },
    {
      node: "d3",
      state: "lost",
      role: "fault",
      revision: 40,
      connections: 5,
      held: 4,
      lastSeenMsAgo: 90_000,
      differing: 0,
      maintenance: false,
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
    protocol: "any",
    address: "0.0.0.0",
    port: 0,
    mark: 4_294_967_295,
    scheduler: "sh",
    schedulerFlags: ["fallback", "port"],
    persistence: { timeout: 300, prefix: 24, engine: "sip" },
    onePacket: true,
    helper: "ftp",
    traffic: { connections: 10, inPackets: 11, inBytes: 12, outPackets: 13, outBytes: 14 },
    rates: { connections: 30, inPackets: 31, inBytes: 32, outPackets: 33, outBytes: 34 },
    destinations: [
      {
        id: 2,
        address: "10.0.0.1",
        port: 8080,
        method: "tunnel",
        tunnel: { type: "gue", port: 6080, checksum: "remote" },
        configuredWeight: 3,
        effectiveWeight: 0,
        why: "drained",
        health: "up",
        activeConnections: 15,
        inactiveConnections: 16,
        persistentConnections: 17,
        upperThreshold: 19,
        lowerThreshold: 18,
        overloaded: true,
        held: true,
        removed: false,
        traffic: { connections: 20, inPackets: 21, inBytes: 22, outPackets: 23, outBytes: 24 },
        rates: { connections: 35, inPackets: 36, inBytes: 37, outPackets: 38, outBytes: 39 },
      },
    ],
  },
  {
    id: 3,
    protocol: "tcp",
    address: "192.0.2.10",
    port: 80,
    scheduler: "wlc",
    schedulerFlags: [],
    onePacket: false,
    traffic: { connections: 0, inPackets: 0, inBytes: 0, outPackets: 0, outBytes: 0 },
    rates: { connections: 40, inPackets: 41, inBytes: 42, outPackets: 43, outBytes: 44 },
    destinations: [],
  },
];

/** Uses everything that a document can say. */
export const sampleSpec: DocumentSpec = DocumentSpec.parse({
  version: 1,
  settings: {
    profile: "lvs",
    timeouts: { tcp: { established: 7200.5 }, udp: { lasting: 30 }, sctp: { closed: 5 } },
    reuse: "one-way",
    rescheduleQuiesced: true,
    expireQuiescentTemplate: true,
    midStream: "host",
    unmatchedReply: "refuse",
    scheduleIcmp: true,
    cacheBypass: true,
    pmtuDiscovery: false,
    cacheSeconds: 60,
    dropEntry: "auto",
    dropPacket: "on",
    dropRate: 3,
    secureTcp: "on",
    sourceBudget: 100,
  },
  marks: [
    {
      mark: 7,
      protocol: "sctp",
      source: "198.51.100.0/24",
      destination: "203.0.113.0/24",
      sourcePorts: "1024-65535",
      destinationPorts: "80",
      interface: "eth0",
    },
    { mark: 4_294_967_295 },
  ],
  services: [
    {
      protocol: "tcp",
      address: "192.0.2.10",
      port: 80,
      scheduler: "mh",
      schedulerFlags: ["fallback", "port"],
      persistence: { timeout: 60, prefix: 24 },
      sourceAddresses: ["192.0.2.20"],
      sloppy: true,
      timeouts: { tcp: { finWait: 20 } },
      whenDown: "reset",
      whenRemoved: "drop",
      allow: ["198.51.100.0/24"],
      deny: ["198.51.100.7"],
      slowStart: 30,
      tunnel: { type: "gue", port: 6080 },
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
        { address: "10.0.0.1", port: 8080, weight: 0, drain: true, upperThreshold: 9, lowerThreshold: 3 },
        { address: "10.0.0.2", weight: 2_147_483_647, method: "direct-route" },
        { address: "10.0.0.3", method: "full-nat" },
        { address: "2001:db8::3", method: "tunnel" },
        { address: "10.0.0.4", method: "tunnel", tunnel: { type: "gre", checksum: "full" } },
      ],
    },
    {
      protocol: "udp",
      address: "2001:db8::10",
      port: 53,
      method: "direct-route",
      onePacket: true,
      check: { type: "tcp", port: 9 },
    },
    { protocol: "udp", address: "192.0.2.10", port: 5060, persistence: { engine: "sip" } },
    { protocol: "tcp", address: "192.0.2.10", port: 21, helper: "ftp" },
    { mark: 7, address: "::" },
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
    method: "full-nat",
    local: "192.0.2.20:1024",
    expiresInSeconds: 899.5,
    idleSeconds: 0.5,
    owner: "d1",
    template: n % 2 === 1,
    mark: 7,
    held: n % 3 === 1,
    controller: "198.51.100.0:0 -> 192.0.2.10:80",
    inPackets: n,
    inBytes: n + 1,
    outPackets: n + 2,
    outBytes: n + 3,
  };
}

/** Says everything that an explanation can say. */
export const sampleExplanation: ExplanationStatus = {
  service: { key: "tcp 192.0.2.10:80", why: "its endpoint" },
  connection: sampleConnection(1),
  template: sampleConnection(2),
  scheduler: {
    name: "wlc",
    candidates: [
      { destination: "10.0.0.1:8080", weight: 1, active: 2, inactive: 3, overloaded: true, usable: false },
      { destination: "10.0.0.2:8080", weight: 4, active: 5, inactive: 6, overloaded: false, usable: true },
    ],
    pick: "10.0.0.2:8080",
  },
  rewriting: ["destination becomes 10.0.0.2:8080", "TTL is one less"],
  verdict: { name: "forward", reason: "scheduled", says: "the first packet of a new connection" },
  ends: "60 s after its last packet",
  node: "d1",
};

/** One revision that runs and one before it. */
export const sampleRevisions: RevisionStatus[] = [
  {
    revision: 43,
    author: "alice",
    timeMs: 1_795_372_800_000,
    reason: "back to revision 41",
    summary: "1 removed",
    hash: "ab".repeat(32),
    running: true,
  },
  {
    revision: 42,
    author: "bob",
    timeMs: 1_795_286_400_000,
    reason: "",
    summary: "",
    hash: "cd".repeat(32),
    running: false,
  },
];

/** Says everything that an event can say. */
export const sampleEvent: NodeEvent = {
  token: "1a2b-17",
  timeMs: 1_795_372_800_000,
  node: "d1",
  kind: "health",
  severity: "warning",
  subject: "tcp 192.0.2.10:80 -> 10.0.0.1:8080",
  text: "down: connection refused",
  details: { health: "down", weight: "0" },
};

/** A SYN that a scheduler was asked about, behind two packets that nobody saw. */
export const sampleCapture: CapturedPackets = {
  packets: [
    {
      timeMs: 1_795_372_800_000.25,
      interface: "eth0",
      verdict: "forward",
      reason: "scheduled",
      length: 60,
      data: Buffer.from([0x45, 0, 0, 60]),
      path: "core",
      direction: "to_destination",
      service: "tcp 192.0.2.10:80",
      destination: "10.0.0.1:8080",
    },
  ],
  lost: 2,
};

/** The node has so many, whatever limit is asked for. */
const CONNECTIONS = 5000;

/** A node that answers with the samples; `overrides` replace single methods. */
export function createSampleNode(overrides: Partial<NodeApi> = {}): NodeApi {
  return {
    status: async () => sampleStatus,
    services: async () => sampleServices,
    async *connections({ limit = 0 }) {
      for (let n = 0; n < Math.min(limit, CONNECTIONS); n++) yield sampleConnection(n);
    },
    document: async () => sampleDocument,
    apply: async () => ({ revision: 43, changed: true, warnings: ["w"] }),
    kill: async () => ({ killed: 3 }),
    zero: async () => {},
    documentText: async () => ({ revision: 43, text: "# mine\nversion: 1\n" }),
    revisions: async () => ({ revisions: sampleRevisions, incomplete: "NATS is away" }),
    rollBack: async () => ({ revision: 45, changed: true, warnings: [] }),
    restore: async () => ({ revision: 46, changed: true, warnings: [] }),
    setMaintenance: async ({ on }) => ({ changed: on }),
    forgetPeer: async () => {},
    async *events() {
      yield sampleEvent;
    },
    async *capture() {
      yield sampleCapture;
    },
    ipvsadm: async ({ args, input }) => ({ exitCode: 2, output: args.join(" "), errors: input }),
    drain: async () => ({ revision: 44, destinations: ["tcp 192.0.2.10:80 -> 10.0.0.1:8080"] }),
    explain: async () => sampleExplanation,
    switchover: async () => ({ steps: ["lower our priority", "wait for d2"], from: "d1", to: "d2" }),
    ...overrides,
  };
}
