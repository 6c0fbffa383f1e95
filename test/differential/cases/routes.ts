/** Ways out: every result of a route lookup, short and long packets. */
import { buildPacket } from "../../../packages/engine/src/packet/testing.ts";
import { type Family, PLACE_NAMES } from "../network.ts";
import type { Connection } from "../scenario.ts";
import { DIRECT, ESTABLISHED, type Fixture, fixture, fromClient, fromServer } from "./fixture.ts";

/** Every place as destination, as next hop and as client. */
export function* routes(family: Family): Generator<Fixture> {
  for (const name of PLACE_NAMES) {
    const long = new Uint8Array(1400);
    for (const payload of [new Uint8Array(), long]) {
      const size = payload.length;
      const to: Connection = { ...ESTABLISHED, destination: name };
      yield fixture(family, buildPacket(fromClient(family, to, { payload })), {
        title: `${size} bytes to ${name}`,
        connection: to,
      });
      const direct: Connection = { ...DIRECT, destination: name };
      const there = buildPacket(fromClient(family, direct, { payload }));
      yield fixture(family, there, { title: `${size} bytes direct to ${name}`, connection: direct });
      const from: Connection = { ...ESTABLISHED, client: name };
      const back = buildPacket(fromServer(family, from, { payload }));
      yield fixture(family, back, { title: `${size} bytes back to ${name}`, connection: from });
      yield fixture(family, back, { title: `${size} bytes back to ${name}, no flow` });
    }
    const off: Connection = { ...ESTABLISHED, destination: name };
    yield fixture(family, buildPacket(fromClient(family, off)), {
      title: `forwarding off, to ${name}`,
      connection: off,
      side: "server",
    });
  }
  const reply = buildPacket(fromServer(family, ESTABLISHED));
  yield fixture(family, reply, { title: "forwarding off, reply without a flow", side: "server" });
}

/** Offloaded packets: counted as the segments that they become, and measured by one of them against the MTU. XDP does not see any. */
export function* segments(family: Family): Generator<Fixture> {
  const payload = new Uint8Array(1400);
  for (const protocol of ["tcp", "udp"] as const) {
    const connection: Connection = { ...ESTABLISHED, protocol, destination: "narrow" };
    for (const gsoSize of [1, 100, 700, 1399, 1400, 1401]) {
      const packet = buildPacket(fromClient(family, connection, { payload }));
      yield fixture(family, packet, { title: `${protocol} in segments of ${gsoSize}`, connection, gsoSize });
    }
  }
}
