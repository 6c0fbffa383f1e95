import type { DestinationStatus, ServiceStatus } from "@tandem/engine/client";

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
