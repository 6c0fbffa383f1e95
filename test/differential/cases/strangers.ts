/** Packets that no flow and no service knows, and fragments, which no flow is known by. */
import { buildIp, buildPacket } from "../../../packages/engine/src/packet/testing.ts";
import { type Family, PLACES } from "../network.ts";
import { VIRTUAL_PORT } from "../scenario.ts";
import { ESTABLISHED, type Fixture, fixture, fromClient, fromServer } from "./fixture.ts";

/** Packets that no flow and no service knows. */
export function* strangers(family: Family): Generator<Fixture> {
  const c = ESTABLISHED;
  const ends = { from: PLACES.client[family], to: PLACES.vip[family], body: new Uint8Array(24) };
  for (const protocol of [0, 1, 2, 41, 43, 44, 47, 50, 58, 60, 89, 132, 255]) {
    yield fixture(family, buildIp({ ...ends, protocol }), { title: `protocol ${protocol} to the VIP` });
  }
  for (const to of ["vip", "host", "server", "nowhere"] as const) {
    for (const toPort of [VIRTUAL_PORT, 22]) {
      const packet = buildPacket(fromClient(family, c, { to: PLACES[to][family], toPort, flags: "S" }));
      yield fixture(family, packet, { title: `SYN to ${to}:${toPort}` });
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
      yield fixture(family, packet, { title: `fragment ${fragment} ${name}`, connection: c });
    }
  }
}
