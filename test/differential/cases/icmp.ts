/** ICMP errors: about flows, about tunnels, about nothing known. */
import { buildIcmpError, buildPacket } from "../../../packages/engine/src/packet/testing.ts";
import { buildWrapped } from "../../../packages/engine/src/packet/testing-cut.ts";
import { type Family, PLACES } from "../network.ts";
import { padded, withByte, withLength } from "../packets.ts";
import { LOCAL_PORT, SERVER_PORT, VIRTUAL_PORT } from "../scenario.ts";
import { ESTABLISHED, type Fixture, fixture, fromClient, fromServer } from "./fixture.ts";

/** ICMP errors about a flow's packets, from either side. */
export function* errors(family: Family): Generator<Fixture> {
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
      yield fixture(family, error(type, about), { title: `ICMP ${type} about ${name}`, connection });
      yield fixture(family, error(type, about), { title: `ICMP ${type} about ${name}, no flow` });
    }
  }
  const whole = error(family === 4 ? 3 : 1, inside);
  const header = family === 4 ? 20 : 40;
  for (let length = header; length < whole.length; length += 2) {
    const cut = withLength(whole.slice(0, length), 0);
    yield fixture(family, cut, { title: `ICMP error of ${length} bytes`, connection });
    const hidden = padded(cut, whole.length - length);
    hidden.set(whole.subarray(length), length);
    yield fixture(family, hidden, {
      title: `ICMP error of ${length} bytes, the rest behind its end`,
      connection,
    });
  }
  const quoted = header + 8;
  for (const first of [0x00, 0x44, 0x46, 0x4f, 0x50, 0x60, 0x65]) {
    yield fixture(family, withByte(whole, quoted, first), {
      title: `ICMP error quoting ${first}`,
      connection,
    });
  }
  const protocolAt = quoted + (family === 4 ? 9 : 6);
  for (const protocol of [0, 1, 17, 44, 132]) {
    yield fixture(family, withByte(whole, protocolAt, protocol), {
      title: `ICMP error about protocol ${protocol}`,
      connection,
    });
  }
  if (family === 4) {
    for (const high of [0x00, 0x20, 0x40, 0x1f]) {
      yield fixture(4, withByte(whole, quoted + 6, high), {
        title: `ICMP error about fragment ${high}`,
        connection,
      });
    }
  }
  yield fixture(family, whole, {
    title: "ICMP error about a dead record",
    connection: { ...connection, generation: 8 },
  });
}

/** ICMP errors about what a tunnel wrapped, from routers on its way; and about its end by other protocols. */
export function* tunnelErrors(family: Family): Generator<Fixture> {
  const inner = buildPacket(fromClient(family, ESTABLISHED));
  for (const end of ["server", "narrow", "gateway"] as const) {
    for (const type of ["ipip", "gre", "gue"] as const) {
      const ends = { from: PLACES.host[family], to: PLACES[end][family] };
      const about = buildWrapped(inner, { type, ...ends, checksum: type !== "ipip" });
      const to = { from: PLACES.gateway[family], to: PLACES.host[family] };
      for (const error of family === 4 ? [3, 4, 5, 11, 12] : [1, 2, 3, 4, 128]) {
        const packet = buildIcmpError({ ...to, type: error, code: 4, rest: 1300, about });
        const title = `ICMP ${error} about ${type} to ${end}`;
        yield fixture(family, packet, { title });
        yield fixture(family, packet, { title: `${title}, with a flow`, connection: ESTABLISHED });
      }
      const whole = buildIcmpError({ ...to, type: family === 4 ? 3 : 1, about });
      const header = family === 4 ? 20 : 40;
      for (let length = header + 4; length < 2 * header + 16; length += 2) {
        const cut = withLength(whole.slice(0, length), 0);
        yield fixture(family, cut, { title: `ICMP error about ${type} to ${end}, ${length} bytes` });
      }
      for (const first of [0x46, 0x4f, 0x44, 0x65]) {
        const packet = withByte(whole, header + 8, first);
        yield fixture(family, packet, { title: `ICMP error about ${type} to ${end} quoting ${first}` });
      }
    }
  }
}

/** ICMP errors about flows of every protocol and method, from both sides. */
export function* errorsByMethod(family: Family): Generator<Fixture> {
  for (const protocol of ["tcp", "udp", "sctp"] as const) {
    for (const method of ["masquerade", "full-nat", "direct-route", "tunnel"] as const) {
      const connection = { ...ESTABLISHED, protocol, method, virtualPort: VIRTUAL_PORT };
      const { to, toPort } = { to: PLACES.server[family], toPort: SERVER_PORT };
      const local = { from: PLACES.host[family], fromPort: LOCAL_PORT };
      const inside = fromClient(family, connection, { to, toPort, ...(method === "full-nat" ? local : {}) });
      const outside = fromServer(family, ESTABLISHED, {
        protocol,
        from: PLACES.vip[family],
        fromPort: VIRTUAL_PORT,
      });
      for (const [where, about] of Object.entries({ inside, outside })) {
        const ends = { from: PLACES.gateway[family], to: PLACES.vip[family] };
        const packet = buildIcmpError({ ...ends, type: family === 4 ? 3 : 1, about: buildPacket(about) });
        yield fixture(family, packet, {
          title: `ICMP error about ${protocol}, ${method}, ${where}`,
          connection,
        });
      }
    }
  }
}
