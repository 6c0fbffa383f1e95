/** Scenarios listed by hand: every flag, state, route, method, length and error that docs/packet-path.md tells apart. */
import { LIFE } from "../../packages/engine/src/core/layout.ts";
import {
  buildIcmpError,
  buildIp,
  buildPacket,
  type PacketSpec,
} from "../../packages/engine/src/packet/testing.ts";
import { type Family, type Hook, PLACE_NAMES, PLACES, type PlaceName } from "./network.ts";
import { padded, withByte, withLength, withOptions } from "./packets.ts";
import {
  CLIENT_PORT,
  type Connection,
  type Scenario,
  SERVER_PORT,
  SLOPPY_PORT,
  STALE_PARTS,
  VIRTUAL_PORT,
} from "./scenario.ts";

/** A scenario that still lacks its hook. */
export interface Fixture extends Omit<Scenario, "hook"> {
  readonly title: string;
}

const ESTABLISHED: Connection = {
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
const DIRECT: Connection = {
  ...ESTABLISHED,
  method: "direct-route",
  life: 1 | LIFE.noOutput,
  destinationPort: VIRTUAL_PORT,
};

const FLAGS = ["", "S", "A", "F", "R", "SA", "SF", "SR", "FA", "RA", "PA", "SFRA"];
const STATES = Array.from({ length: 16 }, (_, state) => state);

/** A packet of the connection's client to the VIP. */
export const fromClient = (family: Family, c: Connection, more: Partial<PacketSpec> = {}): PacketSpec => ({
  protocol: c.protocol,
  from: PLACES[c.client][family],
  fromPort: c.clientPort,
  to: PLACES.vip[family],
  toPort: c.virtualPort,
  ...more,
});

/** A packet of the connection's destination to the client. */
export const fromServer = (family: Family, c: Connection, more: Partial<PacketSpec> = {}): PacketSpec => ({
  protocol: c.protocol,
  from: PLACES[c.destination][family],
  fromPort: c.destinationPort,
  to: PLACES[c.client][family],
  toPort: c.clientPort,
  ...more,
});

/** All fixtures. */
export function* fixtures(): Generator<Fixture> {
  for (const family of [4, 6] as const) {
    for (const make of [
      flags,
      states,
      lives,
      routes,
      lengths,
      datagrams,
      strangers,
      errors,
      segments,
      frames,
    ]) {
      for (const f of make(family)) yield { ...f, title: `IPv${family}: ${f.title}` };
    }
  }
}

/** The scenario that a fixture is at one hook. */
export function atHook({ title: _, ...fixture }: Fixture, hook: Hook): Scenario {
  return { ...fixture, hook, gsoSize: hook === "xdp" ? 0 : fixture.gsoSize };
}

function fixture(family: Family, title: string, packet: Uint8Array, more: Partial<Fixture> = {}): Fixture {
  return { title, family, side: "client", isForHost: true, etherFamily: family, packet, gsoSize: 0, ...more };
}

function* flags(family: Family): Generator<Fixture> {
  for (const f of FLAGS) {
    const name = `flags "${f}"`;
    const c = ESTABLISHED;
    yield fixture(family, `${name} to a service`, buildPacket(fromClient(family, c, { flags: f })));
    const sloppy = fromClient(family, c, { flags: f, toPort: SLOPPY_PORT });
    yield fixture(family, `${name} to a sloppy service`, buildPacket(sloppy));
    for (const [kind, connection] of Object.entries({ masqueraded: c, direct: DIRECT })) {
      const packet = buildPacket(fromClient(family, connection, { flags: f }));
      yield fixture(family, `${name} from the client, ${kind}`, packet, { connection });
    }
    const reply = buildPacket(fromServer(family, c, { flags: f }));
    yield fixture(family, `${name} from the server`, reply, { connection: c });
    yield fixture(family, `${name} from the server, no flow`, reply);
  }
}

function* states(family: Family): Generator<Fixture> {
  for (const life of STATES) {
    for (const f of ["SA", "F", "A", "R", ""]) {
      const name = `state ${life}, flags "${f}"`;
      const input = { ...ESTABLISHED, life };
      yield fixture(family, `${name}, input`, buildPacket(fromClient(family, input, { flags: f })), {
        connection: input,
      });
      yield fixture(family, `${name}, output`, buildPacket(fromServer(family, input, { flags: f })), {
        connection: input,
      });
      const only = { ...DIRECT, life: life | LIFE.noOutput };
      yield fixture(family, `${name}, input only`, buildPacket(fromClient(family, only, { flags: f })), {
        connection: only,
      });
    }
    const udp = { ...ESTABLISHED, protocol: "udp", life } as const;
    yield fixture(family, `UDP state ${life}, input`, buildPacket(fromClient(family, udp)), {
      connection: udp,
    });
    yield fixture(family, `UDP state ${life}, output`, buildPacket(fromServer(family, udp)), {
      connection: udp,
    });
  }
}

function* lives(family: Family): Generator<Fixture> {
  const changes: Record<string, Partial<Connection>> = {
    "dead record": { generation: 8 },
    ...Object.fromEntries(STALE_PARTS.map((stale) => [`record with another ${stale}`, { stale }])),
    template: { life: LIFE.template | 1 },
    "peer's record": { life: LIFE.remote | 1 },
    "peer's record without output": { life: LIFE.remote | LIFE.noOutput | 1 },
    "equal ports": { destinationPort: VIRTUAL_PORT },
    tunnel: { method: "tunnel" },
  };
  for (const [name, change] of Object.entries(changes)) {
    const connection = { ...ESTABLISHED, ...change };
    yield fixture(family, `${name}, input`, buildPacket(fromClient(family, connection)), { connection });
    yield fixture(family, `${name}, output`, buildPacket(fromServer(family, connection)), { connection });
  }
  for (const ttl of [0, 1, 2, 255]) {
    for (const spec of [fromClient, fromServer]) {
      const packet = buildPacket(spec(family, ESTABLISHED, { ttl }));
      yield fixture(family, `TTL ${ttl}, ${spec.name}`, packet, { connection: ESTABLISHED });
    }
  }
}

function* routes(family: Family): Generator<Fixture> {
  for (const name of PLACE_NAMES) {
    const long = new Uint8Array(1400);
    for (const payload of [new Uint8Array(), long]) {
      const size = payload.length;
      const to: Connection = { ...ESTABLISHED, destination: name };
      yield fixture(family, `${size} bytes to ${name}`, buildPacket(fromClient(family, to, { payload })), {
        connection: to,
      });
      const direct: Connection = { ...DIRECT, destination: name };
      yield fixture(
        family,
        `${size} bytes direct to ${name}`,
        buildPacket(fromClient(family, direct, { payload })),
        {
          connection: direct,
        },
      );
      const back: Connection = { ...ESTABLISHED, client: name as PlaceName };
      yield fixture(
        family,
        `${size} bytes back to ${name}`,
        buildPacket(fromServer(family, back, { payload })),
        {
          connection: back,
        },
      );
      yield fixture(
        family,
        `${size} bytes back to ${name}, no flow`,
        buildPacket(fromServer(family, back, { payload })),
      );
    }
    const off: Connection = { ...ESTABLISHED, destination: name };
    yield fixture(family, `forwarding off, to ${name}`, buildPacket(fromClient(family, off)), {
      connection: off,
      side: "server",
    });
  }
  const reply = buildPacket(fromServer(family, ESTABLISHED));
  yield fixture(family, "forwarding off, reply without a flow", reply, { side: "server" });
}

function* lengths(family: Family): Generator<Fixture> {
  for (const protocol of ["tcp", "udp"] as const) {
    const connection = { ...ESTABLISHED, protocol };
    const packet = buildPacket(fromClient(family, connection, { payload: "payload" }));
    for (let length = 0; length <= packet.length; length += 3) {
      yield fixture(family, `${protocol} cut to ${length} bytes`, packet.slice(0, length), { connection });
    }
    for (let body = 0; body <= 20; body += 2) {
      const cut = buildIp({
        from: PLACES.client[family],
        to: PLACES.vip[family],
        protocol: protocol === "tcp" ? 6 : 17,
        body: new Uint8Array(body),
      });
      yield fixture(family, `${protocol} header of ${body} bytes`, cut);
    }
    for (const delta of [-30, -20, -8, -1, 1, 100]) {
      yield fixture(family, `${protocol} length ${delta}`, withLength(packet, delta), { connection });
    }
    yield fixture(family, `${protocol} with padding`, padded(packet, 12), { connection });
    for (let version = 0; version < 16; version += 3) {
      const first = (version << 4) | (packet[0]! & 15);
      yield fixture(family, `${protocol} version ${version}`, withByte(packet, 0, first), { connection });
    }
  }
  const tcp = buildPacket(fromClient(family, ESTABLISHED, { payload: new Uint8Array(20) }));
  const offsetAt = family === 4 ? 32 : 52;
  for (let offset = 0; offset < 16; offset++) {
    const packet = withByte(tcp, offsetAt, offset << 4);
    yield fixture(family, `data offset ${offset}`, packet, { connection: ESTABLISHED });
  }
  if (family === 6) return;
  for (let ihl = 0; ihl < 16; ihl++) {
    yield fixture(4, `IHL ${ihl}`, withByte(tcp, 0, 0x40 | ihl), { connection: ESTABLISHED });
  }
  for (const words of [1, 10]) {
    yield fixture(4, `${words} words of options`, withOptions(tcp, words), { connection: ESTABLISHED });
  }
}

function* datagrams(family: Family): Generator<Fixture> {
  const connection: Connection = { ...ESTABLISHED, protocol: "udp" };
  const checksumAt = family === 4 ? 26 : 46;
  for (const spec of [fromClient, fromServer]) {
    for (const payload of ["", "a", "odd", "some payload"]) {
      const packet = buildPacket(spec(family, connection, { payload }));
      yield fixture(family, `UDP "${payload}", ${spec.name}`, packet, { connection });
      for (const value of [0, 0xff]) {
        const checksum = withByte(withByte(packet, checksumAt, value), checksumAt + 1, value);
        yield fixture(family, `UDP "${payload}", checksum ${value}, ${spec.name}`, checksum, { connection });
      }
    }
  }
  for (const spec of [fromClient, fromServer]) {
    yield fixture(family, `UDP checksum that becomes 0, ${spec.name}`, vanishing(family, connection, spec), {
      connection,
    });
  }
  yield fixture(family, "UDP to a service", buildPacket(fromClient(family, connection)));
  yield fixture(family, "UDP to another port", buildPacket(fromClient(family, connection, { toPort: 99 })));
}

/** A datagram whose payload is such that its checksum is 0 once it is translated. */
function vanishing(family: Family, c: Connection, spec: typeof fromClient): Uint8Array {
  const translated =
    spec === fromClient
      ? { to: PLACES[c.destination][family], toPort: c.destinationPort }
      : { from: PLACES.vip[family], fromPort: c.virtualPort };
  const checksumAt = family === 4 ? 26 : 46;
  const bare = buildPacket(spec(family, c, { ...translated, payload: new Uint8Array(2) }));
  return buildPacket(spec(family, c, { payload: bare.slice(checksumAt, checksumAt + 2) }));
}

/** Packets that no flow and no service knows. */
function* strangers(family: Family): Generator<Fixture> {
  const c = ESTABLISHED;
  const ends = { from: PLACES.client[family], to: PLACES.vip[family], body: new Uint8Array(24) };
  for (const protocol of [0, 1, 2, 41, 43, 44, 47, 50, 58, 60, 89, 132, 255]) {
    yield fixture(family, `protocol ${protocol} to the VIP`, buildIp({ ...ends, protocol }));
  }
  for (const to of ["vip", "host", "server", "nowhere"] as const) {
    for (const toPort of [VIRTUAL_PORT, 22]) {
      const packet = buildPacket(fromClient(family, c, { to: PLACES[to][family], toPort, flags: "S" }));
      yield fixture(family, `SYN to ${to}:${toPort}`, packet);
    }
  }
  const fragments = family === 4 ? [0x2000, 0x0001, 0x3fff, 0x2001, 0x8000] : [0];
  for (const fragment of fragments) {
    for (const [name, spec] of [
      ["to the VIP", fromClient(family, c)],
      ["from a destination", fromServer(family, c)],
      ["elsewhere", fromClient(family, c, { to: PLACES.stranger[family] })],
    ] as const) {
      const body = new Uint8Array(24);
      const packet =
        family === 4
          ? buildPacket({ ...spec, fragment })
          : buildIp({ from: spec.from, to: spec.to, protocol: 44, body });
      yield fixture(family, `fragment ${fragment} ${name}`, packet, { connection: c });
    }
  }
}

/** ICMP errors about a flow's packets, from either side. */
function* errors(family: Family): Generator<Fixture> {
  const connection = ESTABLISHED;
  const inside = buildPacket(
    fromClient(family, connection, { to: PLACES.server[family], toPort: SERVER_PORT }),
  );
  const outside = buildPacket(
    fromServer(family, connection, { from: PLACES.vip[family], fromPort: VIRTUAL_PORT }),
  );
  const error = (type: number, about: Uint8Array) =>
    buildIcmpError({ from: PLACES.client[family], to: PLACES.vip[family], type, about });
  const types = family === 4 ? [0, 3, 4, 5, 8, 11, 12, 13] : [0, 1, 2, 3, 4, 5, 128, 135];
  for (const type of types) {
    for (const [name, about] of [
      ["inside", inside],
      ["outside", outside],
    ] as const) {
      yield fixture(family, `ICMP ${type} about ${name}`, error(type, about), { connection });
      yield fixture(family, `ICMP ${type} about ${name}, no flow`, error(type, about));
    }
  }
  const whole = error(family === 4 ? 3 : 1, inside);
  const header = family === 4 ? 20 : 40;
  for (let length = header; length < whole.length; length += 2) {
    const cut = withLength(whole.slice(0, length), 0);
    yield fixture(family, `ICMP error of ${length} bytes`, cut, { connection });
    const hidden = padded(cut, whole.length - length);
    hidden.set(whole.subarray(length), length);
    yield fixture(family, `ICMP error of ${length} bytes, the rest behind its end`, hidden, { connection });
  }
  const quoted = header + 8;
  for (const first of [0x00, 0x44, 0x46, 0x4f, 0x50, 0x60, 0x65]) {
    yield fixture(family, `ICMP error quoting ${first}`, withByte(whole, quoted, first), { connection });
  }
  const protocolAt = quoted + (family === 4 ? 9 : 6);
  for (const protocol of [0, 1, 17, 44, 132]) {
    yield fixture(family, `ICMP error about protocol ${protocol}`, withByte(whole, protocolAt, protocol), {
      connection,
    });
  }
  if (family === 4) {
    for (const high of [0x00, 0x20, 0x40, 0x1f]) {
      yield fixture(4, `ICMP error about fragment ${high}`, withByte(whole, quoted + 6, high), {
        connection,
      });
    }
  }
  yield fixture(family, "ICMP error about a dead record", whole, {
    connection: { ...connection, generation: 8 },
  });
}

/** Offloaded packets: counted as the segments that they become, and not measured against the MTU. XDP does not see any. */
function* segments(family: Family): Generator<Fixture> {
  const payload = new Uint8Array(1400);
  for (const protocol of ["tcp", "udp"] as const) {
    const connection: Connection = { ...ESTABLISHED, protocol, destination: "narrow" };
    for (const gsoSize of [1, 100, 700, 1399, 1400, 1401]) {
      const packet = buildPacket(fromClient(family, connection, { payload }));
      yield fixture(family, `${protocol} in segments of ${gsoSize}`, packet, { connection, gsoSize });
    }
  }
}

/** What the frame says around the packet. */
function* frames(family: Family): Generator<Fixture> {
  const connection = ESTABLISHED;
  const packet = buildPacket(fromClient(family, connection));
  yield fixture(family, "frame for another host", packet, { connection, isForHost: false });
  yield fixture(family, "ARP", packet, { connection, etherFamily: 0 });
  yield fixture(family, "the other family's EtherType", packet, {
    connection,
    etherFamily: family === 4 ? 6 : 4,
  });
}
