/** Captures for the API: the engine's, for one watcher each, in the operators' words. */
import {
  type CapturedPacket,
  type CapturedPackets,
  type CapturedRow,
  type CapturedRowFilter,
  type CaptureFilter,
  type Engine,
  FINAL_REASONS,
  REASONS,
  type Reason,
  UNRELATED_REASONS,
} from "@tandem/engine";
import { type Document, destinationKey, LbError, parseAddress, serviceKey } from "@tandem/model";
import { createCapturedQueue } from "./captured-queue.ts";
import { splitEndpoint } from "./explain-packet.ts";

/** What it asks of an engine. */
export type CapturingEngine = Pick<Engine, "capture" | "document" | "ask">;

/**
 * Packets that a filter wants, from the first answer on, which is empty: until there are as many as it wants, its time is over or `signal` is aborted.
 *
 * @throws LbError invalid_argument for a service or a destination that there is not and never was; unavailable once the forwarder is gone
 */
export async function* capturePackets(
  engine: CapturingEngine,
  filter: CaptureFilter,
  signal: AbortSignal,
): AsyncGenerator<CapturedPackets> {
  const queue = createCapturedQueue();
  const { ids, service } = aimOf(engine.document, filter);
  const stop = engine.capture(rowFilterOf(engine.document, { ...filter, ...service }), {
    tell: queue.put,
    fail: queue.fail,
  });
  const ending = endingOf(filter, signal);
  ending.addEventListener("abort", queue.close);
  try {
    await engine.ask("ping", {}); // answered in order: the capture is on then
    yield { packets: [], lost: 0 };
    if (ending.aborted) queue.close(); // it was before anybody listened
    const nameOf = createNames(engine);
    let left = filter.limit ?? Number.POSITIVE_INFINITY;
    for (let batch = await queue.take(); batch && !signal.aborted; batch = await queue.take()) {
      const rows = ids ? batch.packets.filter(({ destination }) => ids.has(destination)) : batch.packets;
      const packets = rows.slice(0, left).map((row) => capturedPacket(row, nameOf));
      left -= packets.length;
      yield { packets, lost: batch.lost };
      if (left === 0) return;
    }
  } finally {
    stop();
  }
}

/** Aborted when the capture's time is over, or nobody waits for it any more. */
function endingOf({ durationMs }: CaptureFilter, signal: AbortSignal): AbortSignal {
  return durationMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(durationMs)]);
}

function rowFilterOf(
  document: Document,
  { service, client, reasons, all }: CaptureFilter,
): CapturedRowFilter {
  const usual = FINAL_REASONS.filter((reason) => all || !UNRELATED_REASONS.has(reason));
  return {
    reasons: new Set(reasons.length > 0 ? (reasons as Reason[]) : usual),
    ...(service !== undefined && { service: findService(document, service) }),
    ...(client !== undefined && { client: readClient(client) }),
  };
}

/** What the engine is not asked for by itself: ids of a destination, one for each service that has or had it; and that service, if there is only one. */
interface Aim {
  readonly ids?: ReadonlySet<number>;
  readonly service?: { readonly service: string };
}

function aimOf(document: Document, { destination, service: named }: CaptureFilter): Aim {
  if (destination === undefined) return {};
  const [address, port] = splitEndpoint(destination);
  const found = destinationsIn(document).filter(([key]) => {
    const [itsAddress, itsPort] = splitEndpoint(endpointIn(key));
    return address === itsAddress && (port === 0 || port === itsPort);
  });
  if (found.length === 0) throw noDestination(destination);
  const ids = new Set(found.map(([, id]) => id));
  const [service, ...others] = new Set(found.map(([key]) => key.slice(0, key.lastIndexOf(ARROW))));
  return named !== undefined || others.length > 0 ? { ids } : { ids, service: { service: service! } };
}

const noDestination = (destination: string): LbError =>
  new LbError({
    ...{ code: "invalid_argument", doing: "capture packets", field: "destination" },
    ...{ got: JSON.stringify(destination), want: "one that `tandem services` lists" },
  });

/** A removed service may still have connections: its id is known. */
function findService({ services, retired }: Document, key: string): number {
  const id = services.find((s) => serviceKey(s) === key)?.id ?? retired[key];
  if (id !== undefined) return id;
  const got = JSON.stringify(key);
  const want = `one that runs: ${services.map(serviceKey).join(", ") || "there is none"}`;
  throw new LbError({ code: "invalid_argument", doing: "capture packets", field: "service", got, want });
}

function readClient(text: string): { address: Uint8Array; port: number } {
  const [address, port] = splitEndpoint(text);
  return { address: parseAddress(address)!, port }; // in canonical form
}

const DIRECTIONS = { client: "to_destination", server: "to_client" } as const;

/** One packet in the operators' words. Never throws. */
function capturedPacket(row: CapturedRow, nameOf: (id: number) => string | undefined): CapturedPacket {
  const { timeMs, reason, packetBytes: length, bytes: data, path, from } = row;
  const [service, destination] = [nameOf(row.service), nameOf(row.destination)];
  return {
    timeMs,
    interface: row.interface,
    verdict: REASONS[reason].verdict,
    reason,
    length,
    data,
    path,
    ...(from !== undefined && { direction: DIRECTIONS[from] }),
    ...(service !== undefined && { service }),
    ...(destination !== undefined && { destination }),
  };
}

/** Names of services and destinations by id, also of those that were removed, by the document that runs when they are asked for. */
function createNames(engine: Pick<Engine, "document">): (id: number) => string | undefined {
  let document: Document | undefined;
  let names = new Map<number, string>();
  return (id) => {
    if (document !== engine.document) {
      ({ document } = engine);
      names = namesIn(document);
    }
    return names.get(id);
  };
}

/** Keys of destinations are `SERVICE -> ENDPOINT`. */
const ARROW = " -> ";
const endpointIn = (key: string): string => key.slice(key.lastIndexOf(" ") + 1);

/** Keys and ids of all destinations, also of those that were removed. */
const destinationsIn = ({ services, retired }: Document): [key: string, id: number][] => [
  ...services.flatMap((s) => s.destinations.map((d): [string, number] => [destinationKey(s, d), d.id])),
  ...Object.entries(retired).filter(([key]) => key.includes(ARROW)),
];

function namesIn({ services, retired }: Document): Map<number, string> {
  const names = new Map<number, string>();
  for (const [key, id] of Object.entries(retired)) names.set(id, key.includes(ARROW) ? endpointIn(key) : key);
  for (const service of services) {
    names.set(service.id, serviceKey(service));
    for (const d of service.destinations) names.set(d.id, endpointIn(destinationKey(service, d)));
  }
  return names;
}
