/**
 * What several nodes say of the same services, as one list. Traffic adds up: each packet went through one node. Connections do not: every node has
 * its peers' in its table, too, so the node with the most has them all.
 */
import type { DestinationStatus, ServiceStatus, Traffic } from "@tandem/engine/client";

/** One node's services. */
export type NodeServices = { readonly node: string; readonly answer: readonly ServiceStatus[] };

/** Put them together; the first node's word counts where it is not about numbers, and differences stand in `why`. Pure. */
export function mergeServices(nodes: readonly NodeServices[]): ServiceStatus[] {
  const byId = groupById(nodes.map(({ node, answer }) => ({ node, items: answer })));
  return byId.map((said) => {
    const services = said.map(({ item }) => item);
    const destinations = groupById(said.map(({ node, item }) => ({ node, items: item.destinations })));
    return { ...services[0]!, ...addedUp(services), destinations: destinations.map(mergeDestination) };
  });
}

interface Told<T> {
  readonly node: string;
  readonly item: T;
}

function mergeDestination(said: readonly Told<DestinationStatus>[]): DestinationStatus {
  const [{ item: first }] = said as [Told<DestinationStatus>];
  const all = said.map(({ item }) => item);
  const most = (of: (d: DestinationStatus) => number) => Math.max(...all.map(of));
  return {
    ...first,
    ...addedUp(all),
    activeConnections: most((d) => d.activeConnections),
    inactiveConnections: most((d) => d.inactiveConnections),
    persistentConnections: most((d) => d.persistentConnections),
    why: [first.why, ...said.slice(1).flatMap((other) => differenceOf(first, other))]
      .filter(Boolean)
      .join("; "),
  };
}

/** Each director judges by itself: where they do not agree, somebody wants to know. */
function differenceOf(first: DestinationStatus, { node, item: d }: Told<DestinationStatus>): string[] {
  if (d.health === first.health && d.effectiveWeight === first.effectiveWeight) return [];
  const why = d.why ? `, ${d.why}` : "";
  return [`${node} says ${d.health}, weight ${d.effectiveWeight}${why}`];
}

function addedUp(all: readonly { traffic: Traffic; rates: Traffic }[]) {
  return { traffic: sumOf(all.map((each) => each.traffic)), rates: sumOf(all.map((each) => each.rates)) };
}

function sumOf(all: readonly Traffic[]): Traffic {
  const sum = (of: (traffic: Traffic) => number) => all.reduce((n, traffic) => n + of(traffic), 0);
  return {
    connections: sum((t) => t.connections),
    inPackets: sum((t) => t.inPackets),
    inBytes: sum((t) => t.inBytes),
    outPackets: sum((t) => t.outPackets),
    outBytes: sum((t) => t.outBytes),
  };
}

/** What the nodes say of each thing, in the order in which things are first mentioned. */
function groupById<T extends { id: number }>(
  nodes: readonly { node: string; items: readonly T[] }[],
): Told<T>[][] {
  const told = nodes.flatMap(({ node, items }) => items.map((item) => ({ node, item })));
  return [...Map.groupBy(told, ({ item }) => item.id).values()];
}
