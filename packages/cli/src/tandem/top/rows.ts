/** Services, and destinations of those that are open, as the rows of `tandem top`. Pure. */
import type { DestinationStatus, ServiceStatus } from "@tandem/engine/client";
import { inOrder, type Measured, sumOf } from "./sorts.ts";
import type { TopState } from "./state.ts";

/** One row: a service, or one of its destinations. */
export interface Row extends Measured {
  /** Names it whatever the order: `3` is a service's, `3/7` a destination's. */
  readonly key: string;
  readonly service: ServiceStatus;
  readonly destination?: DestinationStatus;
}

/** All rows in their order. */
export function rowsOf(state: Pick<TopState, "services" | "filter" | "sort" | "isReversed" | "open">): Row[] {
  const { services, filter, sort, isReversed, open } = state;
  const wanted = services.filter((service) => isWanted(service, filter.toLowerCase()));
  const rows = wanted.map(
    (service): Row => ({
      key: `${service.id}`,
      service,
      ...sumOf(service.destinations, service.rates),
    }),
  );
  return inOrder(rows, sort, isReversed).flatMap((row) =>
    open.has(row.service.id) ? [row, ...inOrder(destinationRows(row.service), sort, isReversed)] : [row],
  );
}

const destinationRows = (service: ServiceStatus): Row[] =>
  service.destinations.map((destination) => ({
    key: `${service.id}/${destination.id}`,
    service,
    destination,
    ...sumOf([destination], destination.rates),
  }));

const isWanted = (service: ServiceStatus, filter: string): boolean =>
  filter === "" ||
  serviceName(service).includes(filter) ||
  service.destinations.some((d) => endpoint(d).includes(filter));

/** `tcp 192.0.2.1:80`, `mark 7 ipv6`. */
export function serviceName(s: ServiceStatus): string {
  if (s.mark !== undefined) return `mark ${s.mark} ipv${s.address.includes(":") ? 6 : 4}`;
  return `${s.protocol} ${endpoint(s)}`;
}

/** `10.0.0.1:80`, IPv6 in brackets. */
export const endpoint = ({ address, port }: { address: string; port: number }): string =>
  address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
