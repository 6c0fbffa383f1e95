/** One director with a machine's own places, a document and two virtual addresses, and a tap on the client's side. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NodeStatus } from "@tandem/engine";
import type { Reason } from "../../../packages/engine/src/core/verdict.ts";
import { buildPacket, type PacketSpec } from "../../../packages/engine/src/packet/testing.ts";
import { ADDRESSES, addressOf, createLab, nodesOf, type OwnLab, PORTS, until } from "../../lab/index.ts";
import { openTap, type Tap } from "./inside.ts";
import { createMachine, type Machine } from "./machine.ts";

export const VIP = ADDRESSES.natVip;
export const DIRECT_VIP = ADDRESSES.directRouteVip;
export const HTTP_PORT = 80;
/** Nobody listens there on any server. */
export const CLOSED_PORT = 9;
/** An address whose packets reach the client's interface, but no stack: nothing answers on its own. */
export const GHOST = "10.77.0.60";
export const DEADLINE_MS = 10_000;
/** Another lab may hold the lock. */
export const SETUP_DEADLINE_MS = 600_000;
export const SERVERS = nodesOf("server");

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
  documentOf(services: readonly object[]): string;
  /** Have these services instead of those before; resolves when they are in force. */
  apply(services: readonly object[]): Promise<void>;
  /** Packets by reason so far, of another machine if one is named. */
  counted(machine?: Machine): Promise<(reason: Reason) => number>;
  send(packet: FromGhost): void;
  close(): Promise<void>;
}

/** Bring it up. The programs come before the virtual addresses: no packet may meet an address without them. */
export async function createOneDirector(): Promise<OneDirector> {
  const lab = await createLab();
  const directory = mkdtempSync(join(tmpdir(), "tandem-director-"));
  const node = lab.node("d1");
  const d1 = await createMachine(node);
  const client = openTap(lab.node("client"), "eth0");
  const own = openTap(node, "eth0");
  own.close();
  const mac = [...client.mac].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
  await node.exec(["ip", "neigh", "add", GHOST, "lladdr", mac, "dev", "eth0", "nud", "permanent"]);
  let documents = 0;

  function documentOf(services: readonly object[]): string {
    const path = join(directory, `${++documents}.json`);
    writeFileSync(path, JSON.stringify({ version: 1, services }));
    return path;
  }

  await d1.run(documentOf(SERVICES));
  await lab.routeThrough("d1");
  for (const vip of [VIP, DIRECT_VIP]) await node.exec(["ip", "address", "add", `${vip}/24`, "dev", "eth0"]);
  return {
    ...{ lab, d1, client, d1Mac: own.mac, documentOf },
    async apply(services) {
      const { revision } = await d1.ask<{ revision: number }>("apply", "-f", documentOf(services));
      await until(async () => (await d1.ask<NodeStatus>("status")).revision === revision, {
        deadlineMs: DEADLINE_MS,
        what: `revision ${revision} runs`,
      });
    },
    async counted(machine = d1) {
      const { packets } = await machine.ask<NodeStatus>("status");
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
