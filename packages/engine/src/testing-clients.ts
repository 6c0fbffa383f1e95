/** What the tests of forwarders have them serve, and who calls. */
import type { Document } from "@tandem/model";
import { NO_HEALTH } from "./core/testing.ts";
import { buildPacket, type PacketSpec } from "./packet/testing.ts";
import { documentOf, type InProcessForwarder } from "./testing.ts";

const VIP = "192.0.2.1";
export const TICKS_PER_SECOND = 1e9 / 2 ** 20;
/** A service with these destinations. */
export const web = (destinations: object[] = [{ address: "10.0.0.1" }]) => ({
  protocol: "tcp",
  address: VIP,
  port: 80,
  destinations,
});
export const WEB = documentOf([web()]);
/** Ids of its documents: service 1, destinations from 2. */
export const A = 2;

/** A packet of client `n`, to the service. */
export const client = (n: number, flags = "S"): PacketSpec => ({
  protocol: "tcp",
  from: `198.51.100.${n}`,
  fromPort: 40_000,
  to: VIP,
  toPort: 80,
  flags,
});
/** The server's answer to client `n`. */
export const server = (n: number, flags: string): PacketSpec => ({
  protocol: "tcp",
  from: "10.0.0.1",
  fromPort: 80,
  to: `198.51.100.${n}`,
  toPort: 40_000,
  flags,
});

export const receive = (f: InProcessForwarder, packet: PacketSpec) =>
  f.dataplane.receive(1, buildPacket(packet)).reason;
export const run = (f: InProcessForwarder, document: Document, health = NO_HEALTH) =>
  f.ask("program", { document, ...health });
export const packetsOf = (f: InProcessForwarder) => f.ask("counts", {}).packets;
export const destinationsOf = (f: InProcessForwarder) => f.ask("services", {}).flatMap((s) => s.destinations);
export const rowsOf = (f: InProcessForwarder) => f.ask("list", { cursor: 0, limit: 100 }).rows;

/** Client `n` connects, and is answered. */
export function establish(f: InProcessForwarder, n: number): void {
  receive(f, client(n));
  f.settle();
  receive(f, server(n, "SA"));
  receive(f, client(n, "A"));
  f.settle();
}
