import type { ForwarderCounts } from "@tandem/engine";
import type { DestinationHealth } from "@tandem/health";
import { DocumentSpec, EMPTY_DOCUMENT, reviseDocument } from "@tandem/model";
import type { ReplicationStatus, PeerStatus as SyncPeer } from "@tandem/sync";
import { expect, test } from "vitest";
import { judge } from "../../tandem/verdict.ts";
import { troubledStatus } from "../../testing/fake-status.ts";
import { encodePresence } from "../cluster/presence.ts";
import { type Parts, statusOf } from "./node-status.ts";

const document = reviseDocument(
  EMPTY_DOCUMENT,
  DocumentSpec.parse({
    version: 1,
    services: [
      {
        protocol: "tcp",
        address: "192.0.2.1",
        port: 80,
        destinations: [{ address: "10.0.0.1" }, { address: "10.0.0.2", port: 8080 }],
      },
    ],
  }),
);

const peer = (change: Partial<SyncPeer> = {}): SyncPeer => ({
  node: "lb2",
  state: "live",
  sinceMs: 4000,
  epoch: "00",
  applied: 1,
  head: 1,
  acknowledged: 1,
  compared: undefined,
  revision: 1,
  presence: encodePresence({ role: "standby", connections: 3, maintenance: false }),
  clockWidthMs: 1,
  ...change,
});

const replication = (peers: SyncPeer[], change: Partial<ReplicationStatus> = {}): ReplicationStatus => ({
  epoch: "00",
  isConnected: true,
  isReady: true,
  isSynced: true,
  isAlone: false,
  hasNamesake: false,
  stranger: undefined,
  sequence: 1,
  peers,
  counts: { refused: {}, happened: {} } as unknown as ReplicationStatus["counts"],
  ...change,
});

const health = (destinationId: number, up: boolean): DestinationHealth => ({
  serviceId: 1,
  destinationId,
  isChecked: true,
  up,
  configuredWeight: 1,
  effectiveWeight: up ? 1 : 0,
  why: up ? "connected" : "connection refused",
  sinceMs: 0,
  lastCheckAgeMs: 0,
  results: { good: 0, bad: 0, unknown: 0 },
  flips: 0,
});

const counts: ForwarderCounts = {
  connections: 7,
  capacity: 100,
  owned: new Map([
    ["", 4],
    ["lb2", 3],
  ]),
  packets: new Map([["forwarded", 9]]),
  evicted: { nearly_full: 0, drop_entry: 0 },
  merged: new Map(),
};

const parts = (change: Partial<Parts> = {}): Parts => ({
  node: "lb1",
  version: "0.1.0",
  seat: { role: "active", cause: "elected", sinceMs: 42 },
  tunnels: [],
  doorProblem: undefined,
  document,
  documentProblem: "",
  configuration: {
    store: { state: "current", why: "" },
    disk: "",
    faults: { forged: 0, malformed: 0, incomplete: 0, behind: 0, conflict: 0 },
  },
  faults: [],
  counts,
  nats: "connected",
  natsRefusal: undefined,
  replication: replication([peer()]),
  health: [health(2, true), health(3, true)],
  lag: { p50: 1, p99: 2 },
  peerLagMs: new Map([["lb2", 1.5]]),
  maintenance: false,
  virtualAddresses: ["192.0.2.1/24"],
  ...change,
});

test("status of an active node with a live peer", () => {
  expect(statusOf(parts())).toEqual({
    node: "lb1",
    version: "0.1.0",
    role: "active",
    roleCause: "elected",
    roleSinceMs: 42,
    revision: 1,
    sync: "live",
    connections: 7,
    capacity: 100,
    forwarding: true,
    lagMs: { p50: 1, p99: 2 },
    peers: [
      {
        node: "lb2",
        state: "live",
        role: "standby",
        revision: 1,
        connections: 3,
        held: 3,
        lagMs: 1.5,
        lastSeenMsAgo: 0,
        unconfirmed: 0,
        differing: 0,
        maintenance: false,
      },
    ],
    nats: "connected",
    maintenance: false,
    virtualAddresses: ["192.0.2.1/24"],
    alarms: [],
    packets: { forwarded: 9 },
  });
});

test("status of a node on its own says nothing of peers, sync and NATS", () => {
  const status = statusOf(parts({ nats: "off", replication: undefined, lag: undefined }));
  expect(status).toMatchObject({ sync: "off", nats: "off", peers: [], alarms: [] });
  expect(status).not.toHaveProperty("lagMs");
});

test("status tells what a peer has not confirmed yet, and how its table compares", () => {
  const behind = peer({ acknowledged: 4, compared: { msAgo: 4200, differing: 2 } });
  expect(statusOf(parts({ replication: replication([behind], { sequence: 9 }) })).peers[0]).toMatchObject({
    unconfirmed: 5,
    comparedMsAgo: 4200,
    differing: 2,
  });
  const deaf = statusOf(parts({ replication: replication([peer({ acknowledged: undefined })]) })).peers[0];
  expect(deaf).not.toHaveProperty("unconfirmed");
  expect(deaf).not.toHaveProperty("comparedMsAgo");
});

test("status of a node that waits for its first document says how NATS is, though it does not replicate yet", () => {
  for (const nats of ["connected", "disconnected"] as const) {
    expect(statusOf(parts({ nats, replication: undefined }))).toMatchObject({ sync: "joining", nats });
  }
});

test("status of a node whose forwarder is silent is told all the same", () => {
  const faults = ["The forwarder does not answer: new connections wait"];
  const status = statusOf(parts({ counts: undefined, faults }));
  expect(status).toMatchObject({
    forwarding: false,
    connections: 0,
    capacity: 0,
    packets: {},
    alarms: faults,
  });
  expect(status.peers[0]?.held).toBe(0);
});

test("a lost peer was last seen when it was lost", () => {
  const status = statusOf(parts({ replication: replication([peer({ state: "alone" })], { isAlone: true }) }));
  expect(status.peers[0]).toMatchObject({ state: "lost", lastSeenMsAgo: 4000 });
});

const sync: [peers: SyncPeer["state"][], isAlone: boolean, want: string][] = [
  [[], false, "joining"],
  [[], true, "alone"],
  [["live"], false, "live"],
  [["joining"], false, "joining"],
  [["live", "repairing"], false, "repairing"],
  [["repairing", "loading", "live"], false, "loading"],
  [["loading", "joining"], false, "joining"],
  [["live", "alone"], false, "live"],
  [["alone"], false, "joining"],
  [["alone", "alone"], true, "alone"],
];
for (const [states, isAlone, want] of sync) {
  test(`sync with peers ${states.join(", ") || "none"}${isAlone ? ", alone" : ""} is ${want}`, () => {
    const peers = states.map((state, i) => peer({ node: `lb${i + 2}`, state }));
    expect(statusOf(parts({ replication: replication(peers, { isAlone }) })).sync).toBe(want);
  });
}

test("sync in a cluster is joining before the first document runs", () =>
  expect(statusOf(parts({ replication: undefined })).sync).toBe("joining"));

const alarms: [what: string, change: Partial<Parts>, alarm: string[]][] = [
  ["an API whose certificate ends", { doorProblem: "It ends" }, ["It ends"]],
  [
    "an interface is away",
    { faults: ['Cannot find network interface "eth1"'] },
    ['Cannot find network interface "eth1"'],
  ],
  [
    "VRRP is in fault",
    { seat: { role: "fault", cause: "no heartbeat yet", sinceMs: 0 } },
    ["VRRP is in fault: no heartbeat yet"],
  ],
  [
    "a document does not run",
    { documentProblem: "revision 2 does not run here: why" },
    ["The document's revision 2 does not run here: why"],
  ],
  [
    "no document was ever there",
    { document: EMPTY_DOCUMENT },
    ["No document runs here yet: nothing is served; give one with `tandem apply`"],
  ],
  [
    "the document was emptied",
    { document: { ...document, services: [] } },
    ["The document has no services: nothing is served"],
  ],
  [
    "the store is behind",
    {
      configuration: {
        ...parts().configuration,
        store: { state: "behind", fault: "behind", why: "it is empty" },
      },
    },
    ["The configuration store is behind: it is empty; `tandem rollback current` writes what runs here"],
  ],
  [
    "the disk is full",
    { configuration: { ...parts().configuration, disk: "ENOSPC" } },
    ["The document's copy on disk is not good: ENOSPC"],
  ],
  ["it is in maintenance", { maintenance: true }, ["In maintenance: `tandem maintenance off` here ends it"]],
  [
    "NATS is away",
    { replication: replication([peer()], { isConnected: false }) },
    ["NATS cannot be reached: replication pauses"],
  ],
  [
    "NATS does not let it replicate",
    { natsRefusal: 'Permissions Violation for Publish to "tandem.web.sync.lb1"' },
    ['NATS refuses this node something: Permissions Violation for Publish to "tandem.web.sync.lb1"'],
  ],
  [
    "another node has another cluster key",
    { replication: replication([peer()], { stranger: "lb3" }) },
    [
      '"lb3" speaks with another cluster key: neither hears the other; `cluster.keyFile` must be the same on both',
    ],
  ],
  [
    "it never had a peer",
    { replication: replication([]) },
    ["No peer is known: nobody takes over if this node dies"],
  ],
  [
    "its only peer is lost",
    { replication: replication([peer({ state: "alone" })]) },
    ['Peer "lb2" is lost: nobody takes over if this node dies'],
  ],
  [
    "NATS is away, and with it every word of its peer",
    { replication: { ...replication([peer({ state: "alone" })]), isConnected: false } },
    ["NATS cannot be reached: replication pauses", 'Peer "lb2" cannot be heard while NATS is away'],
  ],
  [
    "one of its peers is lost",
    { replication: replication([peer({ state: "alone" }), peer({ node: "lb3" })]) },
    ['Peer "lb2" is lost'],
  ],
  [
    "a peer is loading",
    { replication: replication([peer({ state: "loading" })]) },
    ['Peer "lb2" is not in sync: loading'],
  ],
  [
    "a peer runs an older document",
    { replication: replication([peer({ revision: 0 })]) },
    ['Peer "lb2" runs revision 0, not 1'],
  ],
  ["a peer runs a newer one", { replication: replication([peer({ revision: 2 })]) }, []],
  [
    "a destination is down",
    { health: [health(2, true), health(3, false)] },
    ['Destination "tcp 192.0.2.1:80 -> 10.0.0.2:8080" is down: connection refused'],
  ],
  [
    "all destinations are down",
    { health: [health(2, false), health(3, false)] },
    ['Service "tcp 192.0.2.1:80" has no healthy destination'],
  ],
  ["nothing is checked", { health: [] }, []],
];
for (const [what, change, want] of alarms) {
  test(`when ${what}, the alarm is ${want[0] ?? "none"}`, () =>
    expect(statusOf(parts(change)).alarms).toEqual(want));
}

test("a node with another key than the others' says so, and what to do is about the key first", () => {
  const why = "it is not signed with this cluster's key";
  const store = { state: "refused", fault: "forged", why } as const;
  const status = statusOf(
    parts({
      configuration: { ...parts().configuration, store },
      document: EMPTY_DOCUMENT,
      seat: { role: "fault", cause: "not in sync", sinceMs: 0 },
      replication: replication([]),
    }),
  );
  expect(status.alarms).toContain(
    `The configuration store is refused: ${why}; if its key is not the other directors', copy theirs to this node's \`cluster.keyFile\` and start the daemon anew`,
  );
  expect(judge(status)).toMatchObject({
    verdict: "unsafe",
    why: "this node's cluster key is not the other directors', so it takes no part in the cluster",
    advice: [expect.stringContaining("`cluster.keyFile`"), ...Array(3).fill(expect.any(String))],
  });
});

test("what to do about a director with another key than this node's is about the key first, and does not blame this node's", () => {
  const lost = replication([peer({ state: "alone" })], { stranger: "lb3" });
  expect(judge(statusOf(parts({ replication: lost })))).toMatchObject({
    verdict: "unsafe",
    why: "nothing would take over if this node died: another director has another cluster key",
    advice: [
      expect.stringContaining("`cluster.keyFile` the same on both"),
      expect.any(String),
      expect.any(String),
    ],
  });
  const third = replication([peer()], { stranger: "lb3" });
  expect(judge(statusOf(parts({ replication: third })))).toMatchObject({ verdict: "degraded" });
});

test("the alarms of the example in the documentation are a node's own words", () => {
  const away = replication([peer({ node: "lb1", state: "alone" })], { isConnected: false });
  const { alarms } = statusOf(parts({ maintenance: true, replication: away }));
  expect(troubledStatus.alarms).toEqual(alarms);
});

test("a tunnel without room is an alarm, one with little room is none", () => {
  const finding = { found: "the tunnel is narrow", fix: "a path MTU of 1300" };
  const tunnels = (["missing", "unknown", "scarce"] as const).map((room) => ({ ...finding, room }));
  expect(statusOf(parts({ tunnels })).alarms).toEqual([
    ...statusOf(parts()).alarms,
    "The tunnel is narrow; wanted a path MTU of 1300",
  ]);
});

test("a node whose name another one uses says so", () => {
  const { alarms } = statusOf(
    parts({ node: "lb1", replication: replication([peer()], { hasNamesake: true }) }),
  );
  expect(alarms).toContain(
    'Another node is called "lb1", too: each needs a name of its own (`name` in node.yaml)',
  );
});
