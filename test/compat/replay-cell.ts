/** Cells of the TCP grid: bring a connection into a state by a recipe, send one packet, look at the state. */
import { createDirector } from "./director.ts";
import { stateBeside } from "./entries.ts";
import { createFlowPackets, type FlowEnds, type FlowPackets } from "./flow-packets.ts";
import type { Ledger, Place } from "./ledger.ts";
import type { CellCase } from "./recordings.ts";
import { connectionOf, sideFrame } from "./replay-flow.ts";
import { runCommands, runSettings } from "./run-commands.ts";
import { VIPS } from "./testbed.ts";

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

/**
 * Replay one case.
 *
 * @param isSecure the file's name says that secure_tcp was on
 */
export function replayCell(c: CellCase, isSecure: boolean, ledger: Ledger): void {
  const recipe = RECIPES[c.recipe];
  const option = METHODS[c.method];
  if (!recipe || !option) return void ledger.cannot("recipe", `unknown recipe "${c.method} ${c.recipe}"`);
  const isNat = c.method === "NAT";
  const ends = endsIn(c, isNat);
  const director = createDirector();
  const service = `-t ${VIPS[4]}:${ends.virtual.port}`;
  const commands = [
    `ipvsadm -A ${service} -s rr`,
    `ipvsadm -a ${service} -r ${ends.real.address}:${ends.real.port} ${option}`,
  ];
  if (
    !runSettings(director, { secure_tcp: isSecure ? 3 : 0 }, ledger) ||
    !runCommands(director, commands, ledger)
  )
    return;
  const flow = { ends, proto: "tcp" };
  const before = createFlowPackets("tcp", ends);
  const send = (packets: FlowPackets, words: string) => {
    const { from, packet } = packets.build(words)!;
    return from === "client" || isNat ? director.send(from, packet).map(sideFrame) : [];
  };
  for (const words of recipe) send(before, words);
  const at: Place = { step: `before ${c.packet}`, what: "connection", director };
  const state = (name: string | null, expires: number | null) =>
    name === null ? "none" : `${name} expires=${expires}`;
  const compare = (step: string, wanted: string) =>
    ledger.compare({
      ...at,
      step,
      wanted: [wanted],
      got: [stateBeside(connectionOf(director, flow), wanted)],
    });
  if (!compare(at.step, state(c.state_before, c.expires_before))) return;
  const probe = createFlowPackets("tcp", ends, { client: 1100, server: 5100 });
  const built = probe.build(c.packet);
  if (!built) return void ledger.cannot(c.packet, `unknown packet "${c.packet}"`);
  const got = send(createFlowPackets("tcp", ends, { client: 1100, server: 5100 }), c.packet);
  const packet = { bytes: built.packet, from: built.from };
  if (!ledger.compare({ ...at, step: c.packet, what: "frames", packet, wanted: c.forwarded, got })) return;
  compare(c.packet, state(c.state_after, c.expires_after));
}

/** The flow's ends, as far as what was forwarded names them. */
function endsIn(c: CellCase, isNat: boolean): FlowEnds {
  const [, side, a, aPort, b, bPort] =
    /^to-(\w+) .*?([\d.]+):(\d+) > ([\d.]+):(\d+)/.exec(c.forwarded[0] ?? "") ?? [];
  const client = { address: "10.1.0.5", port: Number((side === "server" ? aPort : bPort) ?? PORTS.client) };
  const server =
    side === "server" ? { address: b!, port: Number(bPort) } : { address: a!, port: Number(aPort) };
  const isVirtual = server.address === VIPS[4];
  const virtual = { address: VIPS[4], port: isVirtual ? server.port : PORTS.virtual };
  const real =
    side !== undefined && !isVirtual
      ? server
      : { address: "192.168.1.11", port: isNat ? PORTS.real : virtual.port };
  return { client, virtual, real };
}
