/** Clients of a test director: what they call, what they send, and where it goes. */
import { formatAddress } from "@tandem/model";
import type { Arrival } from "../dataplane/memory.ts";
import { buildPacket, type PacketSpec } from "../packet/testing.ts";
import type { TestDirector } from "./testing.ts";

export const CLIENT = "198.51.100.7";
/** Real servers. */
export const A = "10.0.0.1";
export const B = "10.0.0.2";
/** The service that clients call unless they say otherwise: A and B in turns, A first. */
export const web = {
  protocol: "tcp",
  address: "192.0.2.1",
  port: 80,
  scheduler: "rr",
  destinations: [{ address: A }, { address: B }],
};
/** The same with A alone. */
export const webOfOne = { ...web, destinations: [{ address: A }] };

/** A TCP packet from port 40000 of the client to `web`, unless `more` says otherwise. */
export const fromClient = (flags: string, more: Partial<PacketSpec> = {}): Uint8Array =>
  buildPacket({
    protocol: "tcp",
    from: CLIENT,
    fromPort: 40_000,
    to: web.address,
    toPort: web.port,
    flags,
    ...more,
  });

/** A packet of a client, TCP with SYN to port 80 of 192.0.2.1 unless it says otherwise. */
export type ClientPacket = Partial<PacketSpec> & Arrival;

/**
 * Let a packet of a client arrive.
 *
 * @returns the next hop of what was sent for it, or what the fast path or the core said if nothing was
 */
export function sendFrom(d: TestDirector, from: string, packet: ClientPacket = {}): string {
  const { mark, gsoSize, gsoSegments, ...spec } = packet;
  const arrival = { ...(mark && { mark }), ...(gsoSize && { gsoSize, gsoSegments: gsoSegments ?? 1 }) };
  const to = from.includes(":") ? "2001:db8::1" : web.address;
  const bytes = buildPacket({
    protocol: "tcp",
    flags: "S",
    from,
    fromPort: 40_000,
    to,
    toPort: web.port,
    ...spec,
  });
  d.dataplane.sent.length = 0;
  const { reason } = d.dataplane.receive(1, bytes, arrival);
  const said = d.settle().at(-1) ?? reason;
  const sent = d.dataplane.sent.at(-1);
  return sent ? formatAddress(sent.nextHop) : said;
}

/** A client completes a handshake from a port; its first packet's way. */
export function connectFrom(
  d: TestDirector,
  from: string,
  fromPort: number,
  packet: ClientPacket = {},
): string {
  const way = sendFrom(d, from, { fromPort, ...packet });
  sendFrom(d, from, { fromPort, flags: "A", ...packet });
  return way;
}
