/** Ending connections on every node that has them: each director ends what it owns and tells the others; what a peer owns is that peer's to end. */
import type { ConnectionRow, Engine, KillRequest } from "@tandem/engine";
import { LbError } from "@tandem/model";
import { type FoundConnection, findConnections } from "./connection-list.ts";

/** What ending connections takes. */
export interface KillPorts {
  readonly node: string;
  readonly engine: Pick<Engine, "ask" | "document">;
  /** Peers that are not lost: they end what they own themselves. */
  peers(): readonly string[];
  /** Have a peer end what it owns. Rejects as its API does, and with unavailable. */
  killAt(peer: string, request: KillRequest): Promise<{ killed: number }>;
}

/** Ends of one question to the forwarder: about half a millisecond of its time. */
const ENDS_PER_QUESTION = 128;

/**
 * End what a filter wants, or count it. What a lost peer owns is ended here.
 *
 * @throws LbError not_found for a service that there never was, unavailable where a peer cannot be reached: what this node owns has ended then
 */
export async function killConnections(ports: KillPorts, request: KillRequest): Promise<{ killed: number }> {
  const filter = withoutLimit(request.filter);
  if (request.dryRun) {
    const found = await Array.fromAsync(findConnections(ports.engine, ports.node, filter), () => 1);
    return { killed: found.length };
  }
  const owners = new Set<string>();
  // connections first: a template on which others hang would outlive them
  let killed = await endOwn(ports, { ...request, filter }, { wanted: isConnection, owners });
  killed += await endOwn(ports, { ...request, filter }, { wanted: isTemplate, owners });
  for (const owner of owners)
    killed += await endAt(ports, owner, { request: { ...request, filter }, killed });
  return { killed };
}

const withoutLimit = ({ limit: _, ...filter }: KillRequest["filter"]) => filter;
const isTemplate = ({ row }: FoundConnection): boolean => row.isTemplate;
const isConnection = ({ row }: FoundConnection): boolean => !row.isTemplate;

/** End what this node owns, and note who else owns some. */
async function endOwn(
  { node, engine, peers }: KillPorts,
  { filter, reset: isAloud }: KillRequest,
  found: { wanted: (connection: FoundConnection) => boolean; owners: Set<string> },
): Promise<number> {
  let ended = 0;
  let places: ConnectionRow["place"][] = [];
  const endThese = async () => {
    ended += (await engine.ask("end", { places, isAloud })).ended;
    places = [];
  };
  for await (const connection of findConnections(engine, node, filter)) {
    const { row } = connection;
    if (!found.wanted(connection)) continue;
    if (peers().includes(row.owner)) found.owners.add(row.owner);
    else places.push(row.place);
    if (places.length === ENDS_PER_QUESTION) await endThese();
  }
  if (places.length > 0) await endThese();
  return ended;
}

async function endAt(
  { killAt }: KillPorts,
  owner: string,
  { request, killed }: { request: KillRequest; killed: number },
): Promise<number> {
  try {
    return (await killAt(owner, { ...request, filter: { ...request.filter, owner } })).killed;
  } catch (cause) {
    const { failure } = cause as LbError;
    const says = failure?.code === "unavailable" ? failure.why : (cause as Error).message;
    const why = `${says}; what it owns goes on, ${killed} others have ended`;
    throw new LbError({ code: "unavailable", what: `node "${owner}"`, why }, { cause });
  }
}
