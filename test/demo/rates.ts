/** Traffic per second, from two listings. Pure. */
import type { ServiceStatus, Traffic } from "@tandem/engine";

/** `after`, with its totals replaced by what came per second since `before`; what is new or was reset counts from zero. */
export function perSecond(
  before: readonly ServiceStatus[],
  after: readonly ServiceStatus[],
  seconds: number,
): ServiceStatus[] {
  const known = new Map<number, Traffic>();
  for (const service of before) {
    known.set(service.id, service.traffic);
    for (const d of service.destinations) known.set(d.id, d.traffic);
  }
  const rate = <T extends { id: number; traffic: Traffic }>(now: T): T => ({
    ...now,
    traffic: trafficRate(known.get(now.id), now.traffic, seconds),
  });
  return after.map((service) => ({ ...rate(service), destinations: service.destinations.map(rate) }));
}

function trafficRate(before: Traffic | undefined, after: Traffic, seconds: number): Traffic {
  const rate = (of: keyof Traffic): number => {
    const start = before && before[of] <= after[of] ? before[of] : 0;
    return Math.round((after[of] - start) / seconds);
  };
  return {
    connections: rate("connections"),
    inPackets: rate("inPackets"),
    inBytes: rate("inBytes"),
    outPackets: rate("outPackets"),
    outBytes: rate("outBytes"),
  };
}
