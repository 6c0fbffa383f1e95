/** The network of the recordings in three network namespaces: clients without an IP stack, the director, real servers without one. testbed.ts has the addresses. */
import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { parseAddress } from "@tandem/model";
import { openTap, type Tap } from "../../cluster/support/inside.ts";
import { inNamespace, runCommand } from "../../lab/command.ts";
import { MARKED_NETS, macOf, OWN, type Side } from "../testbed.ts";

/** The network of one recording. */
export interface Network {
  /** Name of the director's network namespace. */
  readonly director: string;
  /** Send a packet from one side; resolves when one has left on the other side, or after half a second. */
  send(from: Side, packet: Uint8Array): Promise<void>;
  /** Send packets of a flow that the fast path knows, one after the other. */
  pour(from: Side, packets: readonly Uint8Array[]): Promise<void>;
  close(): Promise<void>;
}

/** How long a packet that leaves may take. */
const PATIENCE_MS = 500;
/** Packets that may be on their way at once; the kernel's own queue holds 1000. */
const BURST = 64;
const PREFIX = "tdmcompat";
let networks = 0;

/** Bring it up; every link takes packets of `mtu` bytes. */
export async function createNetwork(mtu: number): Promise<Network> {
  await removeLeftovers();
  const prefix = `${PREFIX}${process.pid}-${networks++}`;
  const namespaces = ["cl", "dir", "rs"].map((part) => `${prefix}-${part}`);
  const [client, director, server] = namespaces as [string, string, string];
  for (const each of namespaces) await runCommand(["ip", "netns", "add", each]);
  const run = (where: string, script: string) => runCommand(inNamespace(where, ["sh", "-ec", script]));
  for (const [near, far] of Object.entries({ dc0: client, dr0: server })) {
    await run(director, `ip link add ${near} mtu ${mtu} type veth peer name eth0 mtu ${mtu} netns ${far}`);
    await run(far, "sysctl -qw net.ipv6.conf.all.disable_ipv6=1; ip link set eth0 up");
  }
  await run(director, SETUP);
  const sides: Record<Side, { readonly taps: readonly Tap[]; readonly peer: Uint8Array }> = {
    client: { taps: tapsOf(client), peer: macIn(director, "dc0") },
    server: { taps: tapsOf(server), peer: macIn(director, "dr0") },
  };
  const takeFrom = (side: Side): number => sides[side].taps.flatMap((tap) => tap.received()).length;

  return {
    director,
    async send(from, packet) {
      const to = from === "client" ? "server" : "client";
      takeFrom(to);
      sides[from].taps[0]!.send(packet, sides[from].peer);
      const deadline = performance.now() + PATIENCE_MS;
      while (takeFrom(to) === 0 && performance.now() < deadline) await delay(1);
    },
    async pour(from, packets) {
      for (const [i, packet] of packets.entries()) {
        sides[from].taps[0]!.send(packet, sides[from].peer);
        if (i % BURST === BURST - 1) await delay(1);
      }
    },
    async close() {
      for (const { taps } of Object.values(sides)) for (const tap of taps) tap.close();
      for (const each of namespaces) await runCommand(["ip", "netns", "delete", each]);
    },
  };
}

/** What runs left behind that were killed, with the daemons in it. */
async function removeLeftovers(): Promise<void> {
  const { stdout } = await runCommand(["ip", "netns", "list"]);
  for (const [namespace, pid] of stdout.matchAll(new RegExp(`^${PREFIX}(\\d+)-\\S+`, "gm"))) {
    if (existsSync(`/proc/${pid}`)) continue;
    const pids = await runCommand(["ip", "netns", "pids", namespace], { allowFailure: true });
    for (const left of pids.stdout.split("\n").filter(Boolean))
      await runCommand(["kill", "-9", left], { allowFailure: true });
    await runCommand(["ip", "netns", "delete", namespace], { allowFailure: true }); // somebody else may have been here
  }
}

const tapsOf = (namespace: string): Tap[] =>
  ([4, 6] as const).map((family) => openTap({ namespace }, "eth0", family));

function macIn(namespace: string, device: string): Uint8Array {
  const tap = openTap({ namespace }, device);
  tap.close();
  return tap.mac;
}

/** The net towards the clients belongs to the director as far as its own addresses and the routers leave room. */
const VIRTUAL_NETS = ["10.0.0.4/30", "10.0.0.8/29", "10.0.0.16/28", "10.0.0.32/27", "10.0.0.64/26"];
const VIRTUAL_NETS_6 = ["2001:db8:1::100/120"];
const SERVERS = Array.from({ length: 16 }, (_, i) => [
  `192.168.1.${11 + i}`,
  `fd00:1::${(0x11 + i).toString(16)}`,
]).flat();
const ROUTERS = { 4: "10.0.0.2", 6: "2001:db8:1::2" } as const;

const neighbour = (address: string, device: string): string => {
  const mac = macOf(parseAddress(address)!).replace(/..(?=.)/g, "$&:");
  return `ip neigh add ${address} lladdr ${mac} dev ${device} nud permanent`;
};

/** Addresses, routes and neighbours of the director. */
const SETUP = [
  "sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0",
  ...["lo", "dc0", "dr0"].map((device) => `ip link set ${device} up`),
  `ip address add ${OWN.client[4]}/24 dev dc0`,
  `ip address add ${OWN.server[4]}/24 dev dr0`,
  `ip address add ${OWN.client[6]}/64 dev dc0 nodad`,
  `ip address add ${OWN.server[6]}/64 dev dr0 nodad`,
  ...[...VIRTUAL_NETS, MARKED_NETS[4]].map((net) => `ip route add local ${net} dev lo`),
  ...[...VIRTUAL_NETS_6, MARKED_NETS[6]].map((net) => `ip -6 route add local ${net} dev lo`),
  ...Object.values(ROUTERS).map((address) => neighbour(address, "dc0")),
  ...SERVERS.map((address) => neighbour(address, "dr0")),
  `ip route add default via ${ROUTERS[4]}`,
  `ip -6 route add default via ${ROUTERS[6]}`,
].join("\n");
