import type { NodeStatus } from "@tandem/engine/client";

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
    "In maintenance: `tandem maintenance off` here ends it",
    "NATS cannot be reached: replication pauses",
    'Peer "lb1" cannot be heard while NATS is away',
  ],
};
