/** One director with a machine's own places, a document and two virtual addresses, and a tap on the client's side. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DocumentSpec } from "@tandem/model";
import type { Reason } from "../../../packages/engine/src/core/verdict.ts";
import { buildPacket, type PacketSpec } from "../../../packages/engine/src/packet/testing.ts";
import { ADDRESSES, addressOf, createLab, nodesOf, type OwnLab, PORTS, until } from "../../lab/index.ts";
import { openTap, type Tap } from "./inside.ts";
import { createMachine, type Hook, type Machine } from "./machine.ts";

export const VIP = ADDRESSES.natVip;
export const DIRECT_VIP = ADDRESSES.directRouteVip;
const HTTP_PORT = 80;
/** Nobody listens there on any server. */
export const CLOSED_PORT = 9;
/** An address whose packets reach the client's interface, but no stack: nothing answers on its own. */
export const GHOST = "10.77.0.60";
export const GHOST6 = "fd77::60";
export const DEADLINE_MS = 10_000;
/** Another lab may hold the lock. */
export const SETUP_DEADLINE_MS = 600_000;
export const SERVERS = nodesOf("server");

/** Prefix length of the lab's networks. */
const PREFIX_BITS = { 4: 24, 6: 64 } as const;
/** An IPv6 address is used at once only if nobody is asked whether it is taken. */
const NO_DAD = { 4: [], 6: ["nodad"] } as const;
const VIPS = { 4: [VIP, DIRECT_VIP], 6: [ADDRESSES.natVip6, ADDRESSES.directRouteVip6] } as const;

const at = (port: number) => SERVERS.map((s) => ({ address: addressOf(s, "inside"), port }));
const nat = { address: VIP, scheduler: "rr" };
const direct = { address: DIRECT_VIP, scheduler: "rr", method: "direct-route" };

/** What the director serves unless told otherwise. */
export const SERVICES = [
  { ...nat, protocol: "tcp", port: PORTS.tcpEcho, destinations: at(PORTS.tcpEcho) },
  { ...nat, protocol: "udp", port: PORTS.udpEcho, destinations: at(PORTS.udpEcho) },
  { ...nat, protocol: "tcp", port: HTTP_PORT, destinations: at(PORTS.http) },
  { ...nat, protocol: "tcp", port: CLOSED_PORT, destinations: at(CLOSED_PORT) },
  { ...nat, protocol: "udp", port: CLOSED_PORT, destinations: at(CLOSED_PORT) },
  { ...direct, protocol: "tcp", port: PORTS.tcpEcho, destinations: at(PORTS.tcpEcho) },
  { ...direct, protocol: "udp", port: PORTS.udpEcho, destinations: at(PORTS.udpEcho) },
];

/** What a director starts with. */
export interface OneDirectorOptions {
  readonly services?: readonly object[];
  /** Where its programs are attached: tc unless told otherwise. */
  readonly hook?: Hook;
}

/** What a document says beside its services. */
export interface Beside {
  readonly marks?: readonly object[];
  readonly settings?: object;
}

/** A packet from the ghost, to the masqueraded address unless it says another. */
export type FromGhost = Omit<PacketSpec, "from" | "to"> & { to?: string };

/** The director and what a test does with it. */
export interface OneDirector {
  readonly lab: OwnLab;
  readonly d1: Machine;
  /** The client's interface. */
  readonly client: Tap;
  /** MAC address of d1's outside interface. */
  readonly d1Mac: Uint8Array;
  /** Write a document with these services; returns its path. */
  documentOf(services: readonly object[], beside?: Beside): string;
  /** Have these services instead of those before; resolves when they are in force. */
  apply(services: readonly object[], beside?: Beside): Promise<void>;
  /** Packets by reason so far, of another machine if one is named. */
  counted(machine?: Machine): Promise<(reason: Reason) => number>;
  send(packet: FromGhost): void;
  close(): Promise<void>;
}

/** Bring it up. The programs come before the virtual addresses: no packet may meet an address without them. */
export async function createOneDirector(options: OneDirectorOptions = {}): Promise<OneDirector> {
  const { services: first = SERVICES, hook = "tc" } = options;
  const lab = await createLab();
  if (hook === "xdp") await lab.prepareXdp();
  const directory = mkdtempSync(join(tmpdir(), "tandem-director-"));
  const node = lab.node("d1");
  const d1 = await createMachine(node);
  const client = openTap(lab.node("client"), "eth0");
  const own = openTap(node, "eth0");
  own.close();
  const mac = [...client.mac].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
  for (const ghost of [GHOST, GHOST6])
    await node.exec(["ip", "neigh", "add", ghost, "lladdr", mac, "dev", "eth0", "nud", "permanent"]);
  let documents = 0;

  function documentOf(services: readonly object[], beside: Beside = {}): string {
    const path = join(directory, `${++documents}.json`);
    writeFileSync(path, JSON.stringify({ version: 1, ...beside, services }));
    return path;
  }

  await d1.run(documentOf(first), hook);
  await lab.routeThrough("d1");
  for (const family of [4, 6] as const)
    for (const vip of VIPS[family])
      await node.exec([
        "ip",
        "address",
        "add",
        `${vip}/${PREFIX_BITS[family]}`,
        "dev",
        "eth0",
        ...NO_DAD[family],
      ]);
  return {
    ...{ lab, d1, client, d1Mac: own.mac, documentOf },
    async apply(services, beside) {
      const spec = DocumentSpec.parse({ version: 1, ...beside, services });
      const { revision } = await d1.api((node) => node.apply(spec, { author: "test" }));
      await until(async () => (await d1.api((node) => node.status())).revision === revision, {
        deadlineMs: DEADLINE_MS,
        what: `revision ${revision} runs`,
      });
    },
    async counted(machine = d1) {
      const { packets } = await machine.api((node) => node.status());
      return (reason) => packets[reason] ?? 0; // one that never came up is missing
    },
    send: (spec) => client.send(buildPacket({ from: GHOST, to: VIP, ...spec }), own.mac),
    async close() {
      client.close();
      await lab.down();
      rmSync(directory, { recursive: true });
    },
  };
}

const addressIn = (packet: Uint8Array, offset: number) => packet.subarray(offset, offset + 4).join(".");
/** Source address of an IPv4 packet. */
export const sourceOf = (packet: Uint8Array) => addressIn(packet, 12);
/** Target address of an IPv4 packet. */
export const targetOf = (packet: Uint8Array) => addressIn(packet, 16);
/** Source port of an IPv4 packet. */
export const portOf = (packet: Uint8Array) => (packet[20]! << 8) | packet[21]!;
