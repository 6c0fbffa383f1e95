/** Connections that a recording counts and never shows: made up, one client each. */
import { familyOf } from "@tandem/model";
import { entryKey } from "../entries.ts";
import type { Invocation } from "./recording.ts";
import { countsIn, type Sighted } from "./sightings.ts";
import { type Place, placeOf } from "./stage.ts";

/** States that count as active and as inactive, by protocol. */
const STATES: Readonly<Record<string, readonly [active: string, inactive: string]>> = {
  TCP: ["ESTABLISHED", "TIME_WAIT"],
  UDP: ["UDP", "UDP"],
  SCTP: ["ESTABLISHED", "INIT1"],
};

/** Where packets with a mark go; whichever net it is, a rule gives it the mark. */
const MARKED = { 4: "172.16.1.1", 6: "2001:db8:99::1" } as const;
const HTTP = 80;

/** Those that the first listing of a passage with numbers of them has more than are live. */
export function inventConnections(
  steps: readonly Invocation[],
  places: readonly Place[],
  live: Map<string, Sighted>,
): Sighted[] {
  const counts = steps.map(countsIn).find((each) => each.size > 0) ?? new Map<string, readonly number[]>();
  return places.flatMap((place, n) => {
    const { service, at } = place;
    const numbers = counts.get(place.key) ?? [];
    const family = familyOf(service.address);
    const protocol = service.mark === undefined ? service.protocol.toUpperCase() : "TCP";
    const virtual = service.mark === undefined ? service.address : MARKED[family];
    const virtualPort = service.port === 0 ? HTTP : service.port;
    const { address, port = service.port } = service.destinations[at]!;
    const net = family === 4 ? `10.1.${100 + n}.1` : `2001:db8:2:${100 + n}::1`;
    return numbers
      .flatMap((count, kind) =>
        Array.from(
          { length: count },
          (_, i): Sighted => ({
            protocol,
            client: `${net}:${10_000 * (kind + 1) + i}`,
            virtual: `${virtual}:${virtualPort}`,
            destination: `${address}:${port === 0 ? virtualPort : port}`,
            state: STATES[protocol]![kind]!,
            expires: 0,
          }),
        ),
      )
      .filter((c) => !live.has(entryKey(c)) && placeOf(c, places) === place);
  });
}
