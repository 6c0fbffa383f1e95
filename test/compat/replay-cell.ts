/** Cells of the TCP grid: bring a connection into a state by a recipe, send one packet, look at the state. */
import { familyOf, formatEndpoint, parseAddress } from "@tandem/model";
import { createDirector, type Director } from "./director.ts";
import { stateBeside } from "./entries.ts";
import { createFlowPackets, type FlowEnds } from "./flow-packets.ts";
import type { Ledger, Place } from "./ledger.ts";
import type { CellCase } from "./recordings.ts";
import { connectionOf, sideFrame } from "./replay-flow.ts";
import { runCommands, runSettings } from "./run-commands.ts";
import { addressIn, FIRST_SERVER, type Side, sideOf, VIPS } from "./testbed.ts";

const ESTABLISHED = ["client S", "server SA", "client A"];

/** Packets that lead to where a cell begins. */
const RECIPES: Readonly<Record<string, readonly string[]>> = {
  nothing: [],
  SYN_RECV: ["client S"],
  "SYN+SYNACK": ["client S", "server SA"],
  ESTABLISHED,
  "client FIN": [...ESTABLISHED, "client FA"],
  "server FIN": [...ESTABLISHED, "server FA"],
  "both FIN client first": [...ESTABLISHED, "client FA", "server FA"],
  "both FIN server first": [...ESTABLISHED, "server FA", "client FA"],
  "both FIN + ACK": [...ESTABLISHED, "client FA", "server FA", "client A"],
  "client RST": [...ESTABLISHED, "client R"],
  "server RST on SYN": ["client S", "server RA"],
};

/** Options of the tool by the name of the method. */
const METHODS: Readonly<Record<string, string>> = { NAT: "-m", DR: "-g", TUN: "-i" };

/** The cell's service is not recorded, and may be any. */
const PORTS = { virtual: 2036, real: 3036, client: 21_000 } as const;
const CLIENT = "10.1.0.5";

/** What a cell is played on. */
interface Scene {
  readonly director: Director;
  readonly ends: FlowEnds;
  /** Whether the server's packets come by the director. */
  readonly isNat: boolean;
  readonly ledger: Ledger;
}

/**
 * Replay one case.
 *
 * @param isSecure the file's name says that secure_tcp was on
 */
export function replayCell(c: CellCase, isSecure: boolean, ledger: Ledger): void {
  const recipe = RECIPES[c.recipe];
  const scene = recipe && setScene(c, isSecure, ledger);
  if (!scene) return void ledger.cannot("recipe", `unknown recipe "${c.method} ${c.recipe}"`);
  const opening = createFlowPackets("tcp", scene.ends);
  for (const words of recipe) send(scene, opening.build(words)!);
  if (!compareState(scene, `before ${c.packet}`, [c.state_before, c.expires_before])) return;
  const probe = createFlowPackets("tcp", scene.ends, PROBE_SEQ).build(c.packet);
  if (!probe) return void ledger.cannot(c.packet, `unknown packet "${c.packet}"`);
  const packet = { bytes: probe.packet, from: probe.from };
  const at: Place = { step: c.packet, what: "frames", packet, director: scene.director };
  if (!ledger.compare({ ...at, wanted: c.forwarded, got: send(scene, probe) })) return;
  compareState(scene, c.packet, [c.state_after, c.expires_after]);
}

/** Sequence numbers of the packet that is looked at. */
const PROBE_SEQ = { client: 1100, server: 5100 } as const;

/** A director with the cell's service. Undefined: it cannot be had. */
function setScene(c: CellCase, isSecure: boolean, ledger: Ledger): Scene | undefined {
  const option = METHODS[c.method];
  if (!option) return undefined;
  const isNat = c.method === "NAT";
  const ends = endsIn(c, isNat);
  const director = createDirector();
  const service = `-t ${formatEndpoint(ends.virtual.address, ends.virtual.port)}`;
  const server = formatEndpoint(ends.real.address, ends.real.port);
  const commands = [`ipvsadm -A ${service} -s rr`, `ipvsadm -a ${service} -r ${server} ${option}`];
  const isReady =
    runSettings(director, { secure_tcp: isSecure ? 3 : 0 }, ledger) &&
    runCommands(director, commands, ledger);
  return isReady ? { director, ends, isNat, ledger } : undefined;
}

function send({ director, isNat }: Scene, { from, packet }: { from: Side; packet: Uint8Array }): string[] {
  return from === "client" || isNat ? director.send(from, packet).map(sideFrame) : [];
}

function compareState(
  { director, ends, ledger }: Scene,
  step: string,
  [state, expires]: readonly [string | null, number | null],
): boolean {
  const wanted = state === null ? "none" : `${state} expires=${expires}`;
  const got = stateBeside(connectionOf(director, { ends, proto: "tcp" }), wanted);
  return ledger.compare({ step, what: "connection", director, wanted: [wanted], got: [got] });
}

/** The flow's ends, as far as what was forwarded names them; the others may be any. */
function endsIn(c: CellCase, isNat: boolean): FlowEnds {
  const [, a, aPort, b, bPort] =
    /([\da-f.:]+):(\d+) > ([\da-f.:]+):(\d+) TCP/.exec(c.forwarded[0] ?? "") ?? [];
  const seen = [end(a, aPort), end(b, bPort)].filter((e) => e !== undefined);
  if (c.forwarded[0]?.startsWith("to-client")) seen.reverse();
  const [client = { address: CLIENT, port: PORTS.client }, server] = seen;
  const family = familyOf(client.address);
  const isReal = server !== undefined && sideOf(parseAddress(server.address)!) === "server";
  const virtual = server && !isReal ? server : { address: VIPS[family], port: PORTS.virtual };
  const real = isReal ? server : { address: FIRST_SERVER[family], port: isNat ? PORTS.real : virtual.port };
  return { client, virtual, real };
}

const end = (address: string | undefined, port: string | undefined) =>
  address === undefined ? undefined : { address: addressIn(address), port: Number(port) };
