/** What commands show, written out: what has to be known of the node for it is asked for once. */
import type { ConnectionStatus, ServiceStatus } from "@tandem/engine";
import { type DocumentSpec, serviceKey } from "@tandem/model";
import type { Show, ShowCommand } from "./carry-out.ts";
import type { ServiceTarget } from "./command.ts";
import { targetKey } from "./edit-service.ts";
import { connectionLine, connectionsHeader } from "./list/list-connections.ts";
import { listServices } from "./list/list-services.ts";
import { listDaemons, listTimeouts } from "./list/list-settings.ts";
import { type Names, NUMERIC } from "./list/names.ts";
import { saveServices } from "./list/save-services.ts";
import type { ListedService } from "./list/table.ts";
import { listedConnection } from "./listed-connection.ts";
import { tableOf } from "./table-of.ts";

/** What is counted, and what there is. */
export interface Listed {
  services(): Promise<readonly ServiceStatus[]>;
  connections(): AsyncIterable<ConnectionStatus>;
}

/** The node, as listings need it. */
export interface Shown extends Listed {
  /** The same of all directors together; `tell` gets a sentence for each that does not answer. */
  everywhere(tell: (sentence: string) => void): Listed;
  /** Names of these addresses and of all ports, as far as they can be had in a bounded time. */
  names(addresses: ReadonlySet<string>): Promise<Names>;
}

/** Everything that is to be shown, in order. What is missing from it is told. Rejects as the node does. */
export async function writeShows(
  shows: readonly Show[],
  node: Shown,
  tell: (sentence: string) => void,
): Promise<string> {
  const here = askedOnce(node, node);
  const everywhere = askedOnce(node, node.everywhere(tell));
  const texts: string[] = [];
  for (const show of shows) {
    if ("text" in show) texts.push(show.text);
    else texts.push(await write(show.command, show.document, isOfAll(show.command) ? everywhere : here));
  }
  return texts.join("");
}

const isOfAll = (command: ShowCommand): boolean => command.name === "list" && command.view.allNodes;

function askedOnce(node: Shown, { services, connections }: Listed): Shown {
  let running: Promise<readonly ServiceStatus[]> | undefined;
  return { ...node, connections, services: () => (running ??= services()) };
}

async function write(command: ShowCommand, document: DocumentSpec, node: Shown): Promise<string> {
  if (command.name === "save") return saved(document, command.numeric, node);
  if (command.what === "timeout") return listTimeouts(document.settings.timeouts);
  if (command.what === "daemon") return listDaemons(document.settings.syncDaemons);
  return command.what === "connections" ? connections(command, node) : services(command, document, node);
}

type ListCommand = Extract<ShowCommand, { name: "list" }>;

async function saved(document: DocumentSpec, numeric: boolean, node: Shown): Promise<string> {
  const table = tableOf(document.services, []);
  return saveServices(table, await namesOf(addressesOf(table), numeric, node));
}

async function services(
  { view, service }: ListCommand,
  document: DocumentSpec,
  node: Shown,
): Promise<string> {
  const shown = service ? [oneService(document, service)] : document.services;
  const table = tableOf(shown, await node.services());
  const names = await namesOf(addressesOf(table), view.numeric, node);
  return listServices(table, view, { names, isSingle: service !== undefined });
}

const oneService = (document: DocumentSpec, target: ServiceTarget) =>
  document.services.find((s) => serviceKey(s) === targetKey(target))!;

async function connections({ view }: ListCommand, node: Shown): Promise<string> {
  const listed = [];
  for await (const c of node.connections()) listed.push(listedConnection(c));
  const addresses = new Set(
    listed.flatMap((c) => [c.client, c.virtual, c.destination]).map(({ address }) => address),
  );
  const names = await namesOf(addresses, view.numeric, node);
  const lines = listed.map((c) => connectionLine(c, view.persistentConn, names));
  return connectionsHeader(view.persistentConn) + lines.join("");
}

const namesOf = (addresses: ReadonlySet<string>, numeric: boolean, node: Shown): Promise<Names> =>
  numeric ? Promise.resolve(NUMERIC) : node.names(addresses);

function addressesOf(table: readonly ListedService[]): Set<string> {
  const ends = table.flatMap(({ target, servers }): { readonly address: string }[] =>
    "mark" in target ? [...servers] : [target, ...servers],
  );
  return new Set(ends.map(({ address }) => address));
}
