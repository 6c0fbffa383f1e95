/** What the bytes around a packet say: lengths, versions, header fields, frames, UDP checksums. */
import { buildIp, buildPacket } from "../../../packages/engine/src/packet/testing.ts";
import { type Family, PLACES } from "../network.ts";
import { padded, withByte, withLength, withOptions } from "../packets.ts";
import type { Connection } from "../scenario.ts";
import { ESTABLISHED, type Fixture, fixture, fromClient, fromServer } from "./fixture.ts";

/** Packets that do not fit, or just so. */
export function* lengths(family: Family): Generator<Fixture> {
  for (const protocol of ["tcp", "udp"] as const) {
    const connection = { ...ESTABLISHED, protocol };
    const packet = buildPacket(fromClient(family, connection, { payload: "payload" }));
    for (let length = 0; length <= packet.length; length += 3) {
      yield fixture(family, packet.slice(0, length), {
        title: `${protocol} cut to ${length} bytes`,
        connection,
      });
    }
    for (let body = 0; body <= 20; body += 2) {
      const cut = buildIp({
        from: PLACES.client[family],
        to: PLACES.vip[family],
        protocol: protocol === "tcp" ? 6 : 17,
        body: new Uint8Array(body),
      });
      yield fixture(family, cut, { title: `${protocol} header of ${body} bytes` });
    }
    for (const delta of [-30, -20, -8, -1, 1, 100]) {
      yield fixture(family, withLength(packet, delta), { title: `${protocol} length ${delta}`, connection });
    }
    yield fixture(family, padded(packet, 12), { title: `${protocol} with padding`, connection });
    for (let version = 0; version < 16; version += 3) {
      const first = (version << 4) | (packet[0]! & 15);
      yield fixture(family, withByte(packet, 0, first), {
        title: `${protocol} version ${version}`,
        connection,
      });
    }
  }
  const tcp = buildPacket(fromClient(family, ESTABLISHED, { payload: new Uint8Array(20) }));
  const offsetAt = family === 4 ? 32 : 52;
  for (let offset = 0; offset < 16; offset++) {
    const packet = withByte(tcp, offsetAt, offset << 4);
    yield fixture(family, packet, { title: `data offset ${offset}`, connection: ESTABLISHED });
  }
  if (family === 6) return;
  for (let ihl = 0; ihl < 16; ihl++) {
    yield fixture(4, withByte(tcp, 0, 0x40 | ihl), { title: `IHL ${ihl}`, connection: ESTABLISHED });
  }
  for (const words of [1, 10]) {
    yield fixture(4, withOptions(tcp, words), {
      title: `${words} words of options`,
      connection: ESTABLISHED,
    });
  }
}

/** UDP and its checksum. */
export function* datagrams(family: Family): Generator<Fixture> {
  const connection: Connection = { ...ESTABLISHED, protocol: "udp" };
  const checksumAt = family === 4 ? 26 : 46;
  for (const spec of [fromClient, fromServer]) {
    for (const payload of ["", "a", "odd", "some payload"]) {
      const packet = buildPacket(spec(family, connection, { payload }));
      yield fixture(family, packet, { title: `UDP "${payload}", ${spec.name}`, connection });
      for (const value of [0, 0xff]) {
        const checksum = withByte(withByte(packet, checksumAt, value), checksumAt + 1, value);
        yield fixture(family, checksum, {
          title: `UDP "${payload}", checksum ${value}, ${spec.name}`,
          connection,
        });
      }
    }
  }
  for (const spec of [fromClient, fromServer]) {
    yield fixture(family, vanishing(family, connection, spec), {
      title: `UDP checksum that becomes 0, ${spec.name}`,
      connection,
    });
  }
  yield fixture(family, buildPacket(fromClient(family, connection)), { title: "UDP to a service" });
  yield fixture(family, buildPacket(fromClient(family, connection, { toPort: 99 })), {
    title: "UDP to another port",
  });
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

/** What the frame says around the packet. */
export function* frames(family: Family): Generator<Fixture> {
  const connection = ESTABLISHED;
  const packet = buildPacket(fromClient(family, connection));
  yield fixture(family, packet, { title: "frame for another host", connection, isForHost: false });
  yield fixture(family, packet, { title: "ARP", connection, etherFamily: 0 });
  yield fixture(family, packet, {
    title: "the other family's EtherType",
    connection,
    etherFamily: family === 4 ? 6 : 4,
  });
}
