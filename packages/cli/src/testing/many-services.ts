/** As many services as one likes, busy as of a moment: for looking at lists, and for tests of their frames. */
import type { DestinationStatus, ServiceStatus, Traffic } from "@tandem/engine/client";
import { fakeServices } from "./fake-services.ts";

const [{ destinations: fakeDestinations }] = fakeServices as [ServiceStatus];
const [fakeDestination] = fakeDestinations as [DestinationStatus];

/** `count` services of four destinations each. `atMs` moves their rates, without chance: the same moment has the same rates. */
export function manyServices(count: number, atMs = 0): ServiceStatus[] {
  return Array.from({ length: count }, (_, i) => {
    const destinations = Array.from({ length: 4 }, (_, n) => busyDestination(i, n, atMs));
    return {
      ...fakeServices[0]!,
      id: 10 * i + 1,
      address: `192.0.${2 + (i >> 8)}.${i & 255}`,
      port: i % 2 === 0 ? 443 : 80,
      scheduler: i % 3 === 0 ? "wrr" : "wlc",
      destinations,
      rates: destinations.map(({ rates }) => rates).reduce(added),
      traffic: destinations.map(({ traffic }) => traffic).reduce(added),
    };
  });
}

function busyDestination(service: number, n: number, atMs: number): DestinationStatus {
  const wave = 1 + Math.sin(atMs / 7000 + service + n);
  const isDown = (service * 4 + n) % 97 === 5;
  const connections = Math.round(isDown ? 0 : wave * (service % 40) * 3);
  return {
    ...fakeDestination,
    id: 10 * service + 2 + n,
    address: `10.${service >> 8}.${service & 255}.${n + 1}`,
    activeConnections: connections * 40,
    inactiveConnections: connections * 3,
    ...(isDown
      ? { health: "down", effectiveWeight: 0, why: "check failed 3 times: connection refused" }
      : {}),
    rates: {
      connections,
      inPackets: connections * 12,
      inBytes: connections * 1900,
      outPackets: connections * 18,
      outBytes: connections * 24_000,
    },
  };
}

const added = (a: Traffic, b: Traffic): Traffic => ({
  connections: a.connections + b.connections,
  inPackets: a.inPackets + b.inPackets,
  inBytes: a.inBytes + b.inBytes,
  outPackets: a.outPackets + b.outPackets,
  outBytes: a.outBytes + b.outBytes,
});
