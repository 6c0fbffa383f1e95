/** What fixtures are made of: connections, packets from both sides, and a form to fill in. */
import { LIFE } from "../../../packages/engine/src/core/layout.ts";
import type { PacketSpec } from "../../../packages/engine/src/packet/testing.ts";
import { type Family, type Hook, PLACES } from "../network.ts";
import {
  CLIENT_PORT,
  type Connection,
  LOCAL_PORT,
  type Scenario,
  SERVER_PORT,
  VIRTUAL_PORT,
} from "../scenario.ts";

/** A scenario that still lacks its hook. */
export interface Fixture extends Omit<Scenario, "hook"> {
  readonly title: string;
}

export const ESTABLISHED: Connection = {
  protocol: "tcp",
  method: "masquerade",
  life: 1,
  generation: 7,
  client: "client",
  clientPort: CLIENT_PORT,
  virtualPort: VIRTUAL_PORT,
  destination: "server",
  destinationPort: SERVER_PORT,
};
export const DIRECT: Connection = {
  ...ESTABLISHED,
  method: "direct-route",
  life: 1 | LIFE.noOutput,
  destinationPort: VIRTUAL_PORT,
};
export const FULL_NAT: Connection = { ...ESTABLISHED, method: "full-nat" };

/** A packet of the connection's client to its virtual address. */
export const fromClient = (family: Family, c: Connection, more: Partial<PacketSpec> = {}): PacketSpec => ({
  protocol: c.protocol,
  from: PLACES[c.client][family],
  fromPort: c.clientPort,
  to: PLACES[c.virtual ?? "vip"][family],
  toPort: c.virtualPort,
  ...more,
});

/** A packet of the connection's destination, as the director meets it: to the client, under full NAT to the director's own end. */
export function fromServer(family: Family, c: Connection, more: Partial<PacketSpec> = {}): PacketSpec {
  const isFullNat = c.method === "full-nat";
  return {
    protocol: c.protocol,
    from: PLACES[c.destination][family],
    fromPort: c.destinationPort,
    to: PLACES[isFullNat ? "host" : c.client][family],
    toPort: isFullNat ? LOCAL_PORT : c.clientPort,
    ...more,
  };
}

/** The scenario that a fixture is at one hook. */
export function atHook({ title: _, ...fixture }: Fixture, hook: Hook): Scenario {
  const isSkb = hook !== "xdp";
  return { ...fixture, hook, gsoSize: isSkb ? fixture.gsoSize : 0, mark: hook === "tc" ? fixture.mark : 0 };
}

/** A fixture that is what most are, but for `more`. */
export function fixture(
  family: Family,
  packet: Uint8Array,
  more: Partial<Fixture> & { readonly title: string },
): Fixture {
  return {
    family,
    side: "client",
    isForHost: true,
    etherFamily: family,
    packet,
    gsoSize: 0,
    mark: 0,
    ...more,
  };
}
