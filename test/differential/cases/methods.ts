/** Forwarding methods: full NAT, tunnels, local, bypass; connections that are held, watched, or wait for their client's port. */
import { METHOD_NUMBERS } from "@tandem/model";
import { LIFE, POLICY_FLAG } from "../../../packages/engine/src/core/layout.ts";
import { buildPacket, type PacketSpec } from "../../../packages/engine/src/packet/testing.ts";
import { NO_TUNNEL_ID, TUNNELS, type TunnelChoice, tunnelId } from "../configuration.ts";
import type { Family } from "../network.ts";
import { padded, withByte, withOptions } from "../packets.ts";
import { type Connection, PROTOCOL_NUMBERS, type Protocol, VIRTUAL_PORT } from "../scenario.ts";
import { ESTABLISHED, type Fixture, FULL_NAT, fixture, fromClient, fromServer } from "./fixture.ts";

const METHODS = Object.keys(METHOD_NUMBERS) as Connection["method"][];
const PROTOCOLS = Object.keys(PROTOCOL_NUMBERS) as Protocol[];

/** A connection of a method with what the method needs. */
function connectionOf(method: Connection["method"], more: Partial<Connection> = {}): Connection {
  const base = { ...ESTABLISHED, method, ...more };
  if (method === "masquerade" || method === "full-nat") return base;
  const life = base.life | LIFE.noOutput;
  const tunnelled = { ...base, life, destinationPort: VIRTUAL_PORT, destinationId: tunnelId(0) };
  return method === "bypass" ? { ...tunnelled, virtual: "gateway" } : tunnelled;
}

/** Each method with each protocol: time to live, checksums, segments, directions, flags of the record. */
export function* methods(family: Family): Generator<Fixture> {
  for (const method of METHODS) {
    for (const protocol of PROTOCOLS) {
      const connection = connectionOf(method, { protocol });
      const name = `${method}, ${protocol}`;
      for (const [what, spec] of Object.entries(SPECS)) {
        const packet = buildPacket(fromClient(family, connection, spec));
        yield fixture(family, packet, { title: `${name}, ${what}`, connection });
        const reply = buildPacket(fromServer(family, connection, spec));
        yield fixture(family, reply, { title: `${name}, ${what}, output`, connection });
      }
      for (const gsoSize of [1, 500, 1200, 1399]) {
        const packet = buildPacket(fromClient(family, connection, { payload: new Uint8Array(1300) }));
        yield fixture(family, packet, { title: `${name} in segments of ${gsoSize}`, connection, gsoSize });
      }
    }
  }
}

const SPECS: Readonly<Record<string, Partial<PacketSpec>>> = {
  plain: {},
  "with payload": { payload: "odd" },
  "SYN or INIT": { flags: "S", chunks: ["init"] },
  "last hop": { ttl: 1 },
  "last hop but one": { ttl: 2 },
  "without checksum": { noChecksum: true, payload: "x" },
};

/** What a record may forbid or ask for, from both sides, with and without a packet that starts anew. */
export function* recordFlags(family: Family): Generator<Fixture> {
  const flags = {
    held: LIFE.held,
    watched: LIFE.watched,
    "held and watched": LIFE.held | LIFE.watched,
    assured: LIFE.assured,
    "without client's port": LIFE.noClientPort,
    "without client's port and watched": LIFE.noClientPort | LIFE.watched,
  };
  for (const [what, flag] of Object.entries(flags)) {
    for (const method of METHODS) {
      for (const spec of [fromClient, fromServer]) {
        const connection = connectionOf(method, { life: 1 | flag });
        for (const letters of ["A", "S"]) {
          const packet = buildPacket(spec(family, connection, { flags: letters }));
          yield fixture(family, packet, {
            title: `${what}, ${method}, ${spec.name}, "${letters}"`,
            connection,
          });
        }
      }
    }
  }
}

/** Full NAT with a record that is not quite the packet's, to and from everywhere. */
export function* fullNat(family: Family): Generator<Fixture> {
  for (const stale of ["local", "localPort", "client", "clientPort", "destinationPort"] as const) {
    const connection: Connection = { ...FULL_NAT, stale };
    for (const spec of [fromClient, fromServer]) {
      const packet = buildPacket(spec(family, connection));
      yield fixture(family, packet, { title: `full NAT with another ${stale}, ${spec.name}`, connection });
    }
  }
  for (const place of ["client", "gateway", "narrow", "stranger", "blackhole", "host"] as const) {
    for (const bytes of [0, 1400]) {
      const payload = new Uint8Array(bytes);
      const to: Connection = { ...FULL_NAT, destination: place };
      const there = buildPacket(fromClient(family, to, { payload }));
      yield fixture(family, there, { title: `full NAT of ${bytes} bytes to ${place}`, connection: to });
      const from: Connection = { ...FULL_NAT, client: place };
      const back = buildPacket(fromServer(family, from, { payload }));
      yield fixture(family, back, { title: `full NAT of ${bytes} bytes back to ${place}`, connection: from });
    }
  }
}

const nameOf = ({ type, flags, outer, end }: TunnelChoice): string =>
  `${type}+${flags} over IPv${outer} to ${end}`;

/** Each tunnel with each protocol, length, fragmentation flag and offload. */
export function* tunnels(family: Family): Generator<Fixture> {
  for (const [index, tunnel] of TUNNELS.entries()) {
    const name = nameOf(tunnel);
    const of = (protocol: Protocol) => connectionOf("tunnel", { protocol, destinationId: tunnelId(index) });
    for (const protocol of PROTOCOLS) {
      const connection = of(protocol);
      for (const payload of ["", "odd", "some more"]) {
        const packet = buildPacket(fromClient(family, connection, { payload, tos: 0x2b, ttl: 9 }));
        yield fixture(family, packet, { title: `${name}: ${protocol} "${payload}"`, connection });
      }
    }
    const connection = of("tcp");
    // room for the tunnel's headers, exactly and not, in either MTU
    for (const bytes of [1192, 1193, 1212, 1220, 1236, 1241, 1400, 1408, 1412, 1436, 1441]) {
      const packet = buildPacket(fromClient(family, connection, { payload: new Uint8Array(bytes) }));
      yield fixture(family, packet, { title: `${name}: ${bytes} bytes`, connection });
    }
    const segments = buildPacket(fromClient(family, connection, { payload: new Uint8Array(1400) }));
    yield fixture(family, segments, { title: `${name}: segments`, connection, gsoSize: 500 });
    const small = buildPacket(fromClient(family, connection, { payload: new Uint8Array(400) }));
    yield fixture(family, small, { title: `${name}: one segment`, connection, gsoSize: 500 });
    if (tunnel.end === "server") yield* oddTunnels(family, connection, name);
  }
  const connection = connectionOf("tunnel", { destinationId: NO_TUNNEL_ID });
  yield fixture(family, buildPacket(fromClient(family, connection)), {
    title: "a tunnel that is not there",
    connection,
  });
}

/** What of the inner packet the outer headers and checksums depend on. */
function* oddTunnels(family: Family, connection: Connection, name: string): Generator<Fixture> {
  const packet = buildPacket(fromClient(family, connection, { payload: "some payload", id: 0x4243 }));
  const bare = buildPacket(fromClient(family, connection, { fragment: 0, id: 0x4243 }));
  const policy = { flags: POLICY_FLAG.tunnelsFragment };
  yield fixture(family, bare, { title: `${name}: without DF`, connection });
  yield fixture(family, packet, { title: `${name}: tunnels fragment`, connection, policy });
  yield fixture(family, bare, { title: `${name}: tunnels fragment, without DF`, connection, policy });
  yield fixture(family, padded(packet, 7), { title: `${name}: padding`, connection });
  yield fixture(family, withByte(packet, packet.length - 1, 0xee), {
    title: `${name}: wrong checksum`,
    connection,
  });
  const sctp = { ...connection, protocol: "sctp" } as const;
  const data = buildPacket(fromClient(family, sctp, { payload: new Uint8Array(1000).fill(0xc3) }));
  yield fixture(family, data, { title: `${name}: long SCTP`, connection: sctp });
  const udp = { ...connection, protocol: "udp" } as const;
  const unsummed = buildPacket(
    fromClient(family, udp, { noChecksum: true, payload: new Uint8Array(777).fill(0x9d) }),
  );
  yield fixture(family, unsummed, { title: `${name}: UDP without checksum`, connection: udp });
  if (family === 6) {
    const labelled = withByte(withByte(packet, 1, 0x5f), 3, 0x77);
    yield fixture(6, labelled, { title: `${name}: flow label`, connection });
    return;
  }
  const optional = withOptions(packet, 2);
  yield fixture(4, optional, { title: `${name}: options`, connection });
}
