/** The order of listings: ipvsadm sorts services and real servers by signed differences, so that numbers 2^31 apart stand the other way round. */
import { familyOf, parseAddress } from "@tandem/model";
import type { ServiceTarget } from "../command.ts";
import type { ListedServer, ListedService } from "./table.ts";

/** Protocol numbers; a mark has none. */
const PROTOCOLS = { tcp: 6, udp: 17, sctp: 132 } as const;

/** Services by mark, family, protocol, address and port, their real servers by address and port. `sorted` false: as they stand, those of marks last. */
export function inOrder(services: readonly ListedService[], sorted: boolean): readonly ListedService[] {
  const standing = services.toSorted((a, b) => Number("mark" in a.target) - Number("mark" in b.target));
  if (!sorted) return standing;
  const keyed = standing.map((s) => ({ value: withSortedServers(s), key: serviceKey(s.target) }));
  return mergeSort(keyed).map(({ value }) => value);
}

interface Keyed<T> {
  readonly value: T;
  readonly key: readonly number[];
}

function withSortedServers(s: ListedService): ListedService {
  const keyed = s.servers.map((value) => ({ value, key: [...words(value.address), value.port] }));
  return { ...s, servers: mergeSort(keyed).map(({ value }: Keyed<ListedServer>) => value) };
}

function serviceKey(target: ServiceTarget): number[] {
  if ("mark" in target) return [target.mark, target.family];
  const { protocol, address, port } = target;
  return [0, familyOf(address), PROTOCOLS[protocol], ...words(address), port];
}

/** An address in four words; of IPv4 the first one alone counts. */
function words(address: string): number[] {
  const bytes = parseAddress(address)!;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return [0, 4, 8, 12].map((at) => (at < bytes.length ? view.getUint32(at) : 0));
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const difference = (a[i]! - b[i]!) | 0;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The halves sorted, then merged: with differences that go round in a circle the way of sorting decides, and this is how the C library does it. */
function mergeSort<T>(items: readonly Keyed<T>[]): Keyed<T>[] {
  if (items.length < 2) return [...items];
  const middle = items.length >> 1;
  const left = mergeSort(items.slice(0, middle));
  const right = mergeSort(items.slice(middle));
  const merged: Keyed<T>[] = [];
  let [l, r] = [0, 0];
  while (l < left.length && r < right.length)
    merged.push(compare(left[l]!.key, right[r]!.key) <= 0 ? left[l++]! : right[r++]!);
  return [...merged, ...left.slice(l), ...right.slice(r)];
}
