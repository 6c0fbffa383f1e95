/** TCP: every combination of flags that means something, in every state; what else a record may say. */
import { LIFE } from "../../../packages/engine/src/core/layout.ts";
import { buildPacket } from "../../../packages/engine/src/packet/testing.ts";
import type { Family } from "../network.ts";
import { type Connection, SLOPPY_PORT, STALE_PARTS, VIRTUAL_PORT } from "../scenario.ts";
import { DIRECT, ESTABLISHED, type Fixture, fixture, fromClient, fromServer } from "./fixture.ts";

const FLAGS = ["", "S", "A", "F", "R", "SA", "SF", "SR", "FA", "RA", "PA", "SFRA"];
const STATES = Array.from({ length: 16 }, (_, state) => state);

/** Flags, with a flow and without. */
export function* flags(family: Family): Generator<Fixture> {
  for (const f of FLAGS) {
    const name = `flags "${f}"`;
    const c = ESTABLISHED;
    yield fixture(family, buildPacket(fromClient(family, c, { flags: f })), {
      title: `${name} to a service`,
    });
    const sloppy = fromClient(family, c, { flags: f, toPort: SLOPPY_PORT });
    yield fixture(family, buildPacket(sloppy), { title: `${name} to a sloppy service` });
    for (const [kind, connection] of Object.entries({ masqueraded: c, direct: DIRECT })) {
      const packet = buildPacket(fromClient(family, connection, { flags: f }));
      yield fixture(family, packet, { title: `${name} from the client, ${kind}`, connection });
    }
    const reply = buildPacket(fromServer(family, c, { flags: f }));
    yield fixture(family, reply, { title: `${name} from the server`, connection: c });
    yield fixture(family, reply, { title: `${name} from the server, no flow` });
  }
}

/** The state tables of TCP and UDP. */
export function* states(family: Family): Generator<Fixture> {
  for (const life of STATES) {
    for (const f of ["SA", "F", "A", "R", ""]) {
      const name = `state ${life}, flags "${f}"`;
      const input = { ...ESTABLISHED, life };
      yield fixture(family, buildPacket(fromClient(family, input, { flags: f })), {
        title: `${name}, input`,
        connection: input,
      });
      yield fixture(family, buildPacket(fromServer(family, input, { flags: f })), {
        title: `${name}, output`,
        connection: input,
      });
      const only = { ...DIRECT, life: life | LIFE.noOutput };
      yield fixture(family, buildPacket(fromClient(family, only, { flags: f })), {
        title: `${name}, input only`,
        connection: only,
      });
    }
    const udp = { ...ESTABLISHED, protocol: "udp", life } as const;
    yield fixture(family, buildPacket(fromClient(family, udp)), {
      title: `UDP state ${life}, input`,
      connection: udp,
    });
    yield fixture(family, buildPacket(fromServer(family, udp)), {
      title: `UDP state ${life}, output`,
      connection: udp,
    });
  }
}

/** Records that are dead, another's, templates, a peer's; times to live. */
export function* lives(family: Family): Generator<Fixture> {
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
    yield fixture(family, buildPacket(fromClient(family, connection)), {
      title: `${name}, input`,
      connection,
    });
    yield fixture(family, buildPacket(fromServer(family, connection)), {
      title: `${name}, output`,
      connection,
    });
  }
  for (const ttl of [0, 1, 2, 255]) {
    for (const spec of [fromClient, fromServer]) {
      const packet = buildPacket(spec(family, ESTABLISHED, { ttl }));
      yield fixture(family, packet, { title: `TTL ${ttl}, ${spec.name}`, connection: ESTABLISHED });
    }
  }
}
