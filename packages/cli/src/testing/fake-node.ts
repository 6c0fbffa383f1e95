/** A pair of directors that is not there: answers that look like a real one's, for tests and for looking at. */
import type {
  Applied,
  ConnectionStatus,
  DestinationStatus,
  ExplanationStatus,
  NodeApi,
  NodeStatus,
  ServiceStatus,
} from "@tandem/engine/client";
import {
  type Document,
  DocumentSpec,
  documentChanges,
  EMPTY_DOCUMENT,
  LbError,
  restoreDocument,
  reviseDocument,
  specOf,
  summarizeChanges,
} from "@tandem/model";

/** 2026-11-22 18:40 UTC: everything in the fakes is told from then. */
export const FAKE_NOW_MS = 1_795_372_800_000;

/** An active director with a live standby. */
export const healthyStatus: NodeStatus = {
  node: "lb1",
  version: "0.1.0",
  role: "active",
  roleCause: "higher priority (200 against 190), synced",
  roleSinceMs: FAKE_NOW_MS - 11_530_000,
  revision: 42,
  sync: "live",
  connections: 120_343,
  capacity: 1_048_576,
  forwarding: true,
  lagMs: { p50: 2.1, p99: 7.83 },
  peers: [
    {
      node: "lb2",
      state: "live",
      role: "standby",
      revision: 42,
      connections: 0,
      held: 0,
      lagMs: 2.1,
      lastSeenMsAgo: 312,
      unconfirmed: 0,
      comparedMsAgo: 4200,
      differing: 0,
      maintenance: false,
    },
  ],
  nats: "connected",
  maintenance: false,
  virtualAddresses: ["192.0.2.10", "2001:db8::10"],
  alarms: [],
  packets: { forwarded: 88_201_543, new_flow: 240_112, mid_stream: 12, ring_full: 0 },
};

/** The other one, an hour later, with much gone wrong. */
export const troubledStatus: NodeStatus = {
  ...healthyStatus,
  node: "lb2",
  role: "active",
  roleCause: "lb1 fell silent (no advert for 120 ms)",
  roleSinceMs: FAKE_NOW_MS - 64_000,
  sync: "alone",
  lagMs: { p50: 2.1, p99: 840 },
  peers: [
    {
      node: "lb1",
      state: "lost",
      role: "fault",
      revision: 41,
      connections: 120_343,
      held: 120_340,
      lastSeenMsAgo: 64_000,
      comparedMsAgo: 70_000,
      differing: 0,
      maintenance: false,
    },
  ],
  nats: "disconnected",
  maintenance: true,
  alarms: [
    'Peer "lb1" has not been seen for 64 s: nothing would take over from here',
    "NATS cannot be reached: connections are not replicated, the document cannot change",
  ],
};

const destination = (id: number, host: number, more: Partial<DestinationStatus> = {}): DestinationStatus => ({
  id,
  address: `10.0.0.${host}`,
  port: 8080,
  method: "masquerade",
  configuredWeight: 10,
  effectiveWeight: 10,
  why: "",
  health: "up",
  activeConnections: 4012 + host,
  inactiveConnections: 310,
  persistentConnections: 0,
  upperThreshold: 0,
  lowerThreshold: 0,
  overloaded: false,
  held: false,
  removed: false,
  traffic: {
    connections: 81_220 + host,
    inPackets: 9_000_000,
    inBytes: 1_340_221_000,
    outPackets: 12_000_000,
    outBytes: 48_210_331_000,
  },
  rates: { connections: 7, inPackets: 90, inBytes: 134_000, outPackets: 120, outBytes: 4_821_000 },
  ...more,
});

const NO_TRAFFIC = { connections: 0, inPackets: 0, inBytes: 0, outPackets: 0, outBytes: 0 };

/** Three services; of the first, one destination is down and one drained. */
export const fakeServices: ServiceStatus[] = [
  {
    id: 1,
    protocol: "tcp",
    address: "192.0.2.10",
    port: 80,
    scheduler: "wlc",
    schedulerFlags: [],
    onePacket: false,
    traffic: {
      connections: 243_660,
      inPackets: 2.7e7,
      inBytes: 4_020_663_000,
      outPackets: 3.6e7,
      outBytes: 144_630_993_000,
    },
    rates: { connections: 21, inPackets: 270, inBytes: 402_000, outPackets: 360, outBytes: 14_463_000 },
    destinations: [
      destination(2, 1),
      destination(3, 2, {
        effectiveWeight: 0,
        health: "down",
        why: "check failed 3 times: connection refused",
        activeConnections: 12,
      }),
      destination(4, 3, { effectiveWeight: 0, why: "drained by ops" }),
    ],
  },
  {
    id: 5,
    protocol: "udp",
    address: "2001:db8::10",
    port: 53,
    scheduler: "rr",
    schedulerFlags: [],
    onePacket: false,
    traffic: { connections: 9, inPackets: 9, inBytes: 612, outPackets: 0, outBytes: 0 },
    rates: NO_TRAFFIC,
    destinations: [
      destination(6, 0, {
        address: "2001:db8:1::53",
        port: 53,
        method: "direct-route",
        configuredWeight: 1,
        effectiveWeight: 1,
        health: "unchecked",
        activeConnections: 0,
        inactiveConnections: 9,
        traffic: { connections: 9, inPackets: 9, inBytes: 612, outPackets: 0, outBytes: 0 },
        rates: NO_TRAFFIC,
      }),
    ],
  },
  {
    id: 7,
    protocol: "tcp",
    address: "192.0.2.10",
    port: 8443,
    scheduler: "wrr",
    schedulerFlags: [],
    onePacket: false,
    traffic: NO_TRAFFIC,
    rates: NO_TRAFFIC,
    destinations: [],
  },
];

/** A connection per destination, and on. */
export function fakeConnection(n: number): ConnectionStatus {
  return {
    protocol: n % 5 === 4 ? "udp" : "tcp",
    state: n % 5 === 4 ? "UDP" : n % 7 === 6 ? "FIN_WAIT" : "ESTABLISHED",
    client: n % 3 === 2 ? `[2001:db8:ffff::${n}]:${40_000 + n}` : `198.51.100.${n % 250}:${40_000 + n}`,
    virtual: n % 3 === 2 ? "[2001:db8::10]:53" : "192.0.2.10:80",
    destination: n % 3 === 2 ? "[2001:db8:1::53]:53" : `10.0.0.${1 + (n % 2)}:8080`,
    method: n % 3 === 2 ? "direct-route" : "masquerade",
    idleSeconds: 3,
    expiresInSeconds: n % 5 === 4 ? 287.25 : 899.3 - n,
    owner: n % 4 === 3 ? "lb2" : "lb1",
    template: false,
    mark: 0,
    held: false,
    inPackets: 12 * n,
    inBytes: 1340 * n,
    outPackets: 16 * n,
    outBytes: 48_000 * n,
  };
}

/** A firewall mark's service with everything that services can have, and a limit reached. */
export const markedService: ServiceStatus = {
  id: 8,
  protocol: "any",
  address: "0.0.0.0",
  port: 0,
  mark: 7,
  scheduler: "sh",
  schedulerFlags: ["fallback", "port"],
  persistence: { timeout: 360, prefix: 24 },
  onePacket: true,
  traffic: { connections: 9, inPackets: 9, inBytes: 612, outPackets: 0, outBytes: 0 },
  rates: NO_TRAFFIC,
  destinations: [
    destination(9, 4, {
      port: 0,
      method: "tunnel",
      tunnel: { type: "gue", port: 6080, checksum: "remote" },
      upperThreshold: 5000,
      lowerThreshold: 4000,
      overloaded: true,
      persistentConnections: 41,
    }),
    destination(10, 5, { effectiveWeight: 0, health: "down", why: "connection refused", held: true }),
    destination(11, 6, {
      configuredWeight: 0,
      effectiveWeight: 0,
      health: "unchecked",
      why: "removed, 328 connections",
      activeConnections: 18,
      removed: true,
    }),
  ],
};

/** Of a packet that would open a connection. */
export const fakeExplanation: ExplanationStatus = {
  service: { key: "tcp 192.0.2.10:80", why: "its protocol, address and port" },
  scheduler: {
    name: "wlc",
    candidates: [
      {
        destination: "10.0.0.1:8080",
        weight: 10,
        active: 4013,
        inactive: 310,
        overloaded: false,
        usable: true,
      },
      {
        destination: "10.0.0.2:8080",
        weight: 0,
        active: 12,
        inactive: 310,
        overloaded: false,
        usable: false,
      },
      { destination: "10.0.0.3:8080", weight: 10, active: 9, inactive: 0, overloaded: true, usable: false },
    ],
    pick: "10.0.0.1:8080",
  },
  rewriting: ["its destination 192.0.2.10:80 becomes 10.0.0.1:8080", "its TTL is one less"],
  verdict: { name: "forward", reason: "scheduled", says: "the first packet of a new connection" },
  ends: "after 900 s without a packet, once it is ESTABLISHED",
  node: "lb1",
};

/** What the fake cluster runs, as an operator wrote it. */
export const fakeSpec: DocumentSpec = DocumentSpec.parse({
  version: 1,
  services: [
    {
      protocol: "tcp",
      address: "192.0.2.10",
      port: 80,
      check: { type: "http", path: "/health" },
      destinations: [
        { address: "10.0.0.1", port: 8080, weight: 10 },
        { address: "10.0.0.2", port: 8080, weight: 10 },
      ],
    },
  ],
});

/** A revision, as a fake node has it. */
interface FakeRevision {
  readonly document: Document;
  readonly author: string;
  readonly timeMs: number;
  readonly reason: string;
  readonly summary: string;
  readonly text?: string;
}

/** Newest first: 42, which says what `fakeSpec` does, and before it one with another weight. */
function createFakeHistory(): FakeRevision[] {
  const lighter = structuredClone(fakeSpec);
  lighter.services[0]!.destinations[1]!.weight = 5;
  const before = { ...reviseDocument(EMPTY_DOCUMENT, lighter), revision: 41 };
  const summary = "~ tcp 192.0.2.10:80 -> 10.0.0.2:8080: weight 5 → 10";
  const bobs = { author: "bob", timeMs: FAKE_NOW_MS - 7_200_000, reason: "", summary: "3 added" };
  const alices = { author: "alice", timeMs: FAKE_NOW_MS - 60_000, reason: "more memory", summary };
  return [
    { document: reviseDocument(before, fakeSpec), ...alices },
    { document: before, ...bobs },
  ];
}

function keptIn(history: readonly FakeRevision[], revision: number): FakeRevision {
  const kept = history.find(({ document }) => document.revision === revision);
  if (kept) return kept;
  throw new LbError({ code: "not_found", what: "revision", key: String(revision) });
}

type FakeTerms = Parameters<NodeApi["apply"]>[1];

function change(history: FakeRevision[], next: Document, terms: FakeTerms): Applied {
  const [newest] = history;
  const { document, text: was } = newest!;
  const { expectedRevision = document.revision, author, reason = "", text = was, dryRun = false } = terms;
  if (expectedRevision !== document.revision)
    throw new LbError({ code: "stale_revision", have: expectedRevision, current: document.revision });
  const changes = documentChanges(specOf(document), specOf(next));
  const changed = changes.length > 0 || text !== was;
  if (!changed || dryRun) return { revision: document.revision, changed, warnings: [] };
  const summary = summarizeChanges(changes);
  const about = { author, timeMs: FAKE_NOW_MS, reason, summary, ...(text !== undefined && { text }) };
  history.unshift({ document: next, ...about });
  return { revision: next.revision, changed, warnings: [] };
}

/** A node with a document that can be changed and 150 connections; `overrides` replace single methods. */
export function createFakeNode(overrides: Partial<NodeApi> = {}): NodeApi {
  const history = createFakeHistory();
  const current = () => history[0]!.document;
  return {
    status: async () => healthyStatus,
    services: async () => fakeServices,
    async *connections({ client, limit = 1000 }) {
      for (let n = 0, found = 0; n < 150 && found < limit; n++) {
        const row = fakeConnection(n);
        if (client !== undefined && !row.client.includes(client)) continue;
        found++;
        yield row;
      }
    },
    kill: async () => ({ killed: 12 }),
    zero: async () => {},
    document: async (revision = current().revision) => keptIn(history, revision).document,
    async documentText(revision = current().revision) {
      const { text } = keptIn(history, revision);
      return { revision, ...(text !== undefined && { text }) };
    },
    async revisions(limit) {
      const revisions = history.slice(0, limit).map(({ document, text: _, ...about }, i) => {
        const { revision } = document;
        return { ...about, revision, hash: `${revision}`.padStart(64, "ab"), running: i === 0 };
      });
      return { revisions, incomplete: "" };
    },
    async rollBack({ revision, ...terms }) {
      const { document, text } = keptIn(history, revision);
      const more = { reason: `back to revision ${revision}`, ...(text !== undefined && { text }) };
      return change(history, reviseDocument(current(), specOf(document)), { ...more, ...terms });
    },
    restore: async (backup, terms) => change(history, restoreDocument(current(), backup), terms),
    setMaintenance: async () => ({ changed: true }),
    async *events() {},
    async *capture() {},
    ipvsadm: async () => ({ exitCode: 0, output: "", errors: "" }),
    apply: async (spec, terms) => change(history, reviseDocument(current(), spec), terms),
    async drain({ destination: key }) {
      if (!key.startsWith("10.0.0.1")) throw new LbError({ code: "not_found", what: "destination", key });
      return { revision: 43, destinations: ["tcp 192.0.2.10:80 -> 10.0.0.1:8080"] };
    },
    explain: async () => fakeExplanation,
    async switchover({ dryRun, force }) {
      if (!dryRun && !force)
        throw new LbError({
          code: "refused",
          doing: "switch over",
          why: 'peer "lb2" is loading',
          want: "a live peer (or --force)",
        });
      const steps = [
        "enter maintenance",
        'flush and wait for "lb2"',
        "lower the priority",
        "forward on for 5 s",
      ];
      return { steps, from: "lb1", to: "lb2" };
    },
    ...overrides,
  };
}
