/** SCTP: every chunk in every state, second chunks, chunk lengths, checksums. */
import { LIFE } from "../../../packages/engine/src/core/layout.ts";
import { SCTP_CHUNK } from "../../../packages/engine/src/packet/parse.ts";
import { buildIp, buildPacket, type ChunkName } from "../../../packages/engine/src/packet/testing.ts";
import { type Family, PLACES } from "../network.ts";
import { padded, withByte, withLength, withWord } from "../packets.ts";
import { type Connection, SLOPPY_PORT } from "../scenario.ts";
import { DIRECT, ESTABLISHED, type Fixture, FULL_NAT, fixture, fromClient, fromServer } from "./fixture.ts";

const SCTP: Connection = { ...ESTABLISHED, protocol: "sctp", life: 8 };
const CHUNKS = Object.keys(SCTP_CHUNK).filter((name) => name !== "none") as ChunkName[];

/** Chunks alone and in pairs, with a flow and without. */
export function* chunks(family: Family): Generator<Fixture> {
  for (const name of CHUNKS) {
    const spec = { protocol: "sctp", chunks: [name] } as const;
    const toService = buildPacket(fromClient(family, SCTP, spec));
    yield fixture(family, toService, { title: `SCTP ${name} to a service` });
    const toSloppy = buildPacket(fromClient(family, SCTP, { ...spec, toPort: SLOPPY_PORT }));
    yield fixture(family, toSloppy, { title: `SCTP ${name} to a sloppy service` });
    const reply = buildPacket(fromServer(family, SCTP, spec));
    yield fixture(family, reply, { title: `SCTP ${name} from the server, no flow` });
    for (const connection of [SCTP, { ...SCTP, method: "full-nat" }] as const) {
      const packet = buildPacket(fromClient(family, connection, spec));
      yield fixture(family, packet, {
        title: `SCTP ${name} from the client, ${connection.method}`,
        connection,
      });
    }
    for (const second of CHUNKS) {
      const packet = buildPacket(fromClient(family, SCTP, { chunks: [name, second] }));
      yield fixture(family, packet, { title: `SCTP ${name} with ${second}`, connection: SCTP });
    }
  }
}

/** The state table of SCTP: each chunk in each state, in each direction. */
export function* chunkStates(family: Family): Generator<Fixture> {
  for (let state = 0; state < 16; state++) {
    for (const name of [...CHUNKS, undefined]) {
      const spec = name === undefined ? {} : { chunks: [name] };
      const title = `SCTP state ${state}, ${name ?? "data"}`;
      const both = { ...SCTP, life: state };
      const only: Connection = { ...DIRECT, protocol: "sctp", life: state | LIFE.noOutput };
      yield fixture(family, buildPacket(fromClient(family, both, spec)), {
        title: `${title}, input`,
        connection: both,
      });
      yield fixture(family, buildPacket(fromServer(family, both, spec)), {
        title: `${title}, output`,
        connection: both,
      });
      const packet = buildPacket(fromClient(family, only, spec));
      yield fixture(family, packet, { title: `${title}, input only`, connection: only });
    }
  }
}

/** Headers that do not fit, lengths of chunks, checksums, payloads. */
export function* sctpBytes(family: Family): Generator<Fixture> {
  const header = family === 4 ? 20 : 40;
  for (let body = 0; body <= 20; body += 1) {
    const ends = { from: PLACES.client[family], to: PLACES.vip[family] };
    const cut = buildIp({ ...ends, protocol: 132, body: new Uint8Array(body) });
    yield fixture(family, cut, { title: `SCTP header of ${body} bytes` });
  }
  const echo = buildPacket(fromClient(family, SCTP, { chunks: ["cookieEcho", "abort"], payload: "more" }));
  for (const bytes of [0, 1, 3, 4, 5, 7, 8, 9, 28, 29, 32, 100, 0xffff]) {
    const packet = withWord(echo, header + 14, bytes);
    yield fixture(family, packet, { title: `SCTP chunk that says ${bytes} bytes`, connection: SCTP });
  }
  for (const length of [-1, -4, -16, -28, -32]) {
    const packet = withLength(echo, length);
    yield fixture(family, packet, { title: `SCTP length ${length}`, connection: SCTP });
  }
  yield fixture(family, padded(echo, 9), { title: "SCTP with padding", connection: SCTP });
  for (const connection of [SCTP, { ...FULL_NAT, protocol: "sctp", life: 8 }] as const) {
    for (const spec of [fromClient, fromServer]) {
      for (const bytes of [0, 1, 63, 64, 500, 1300]) {
        const packet = buildPacket(spec(family, connection, { payload: new Uint8Array(bytes).fill(0xa5) }));
        const title = `SCTP ${bytes} bytes, ${spec.name}, ${connection.method}`;
        yield fixture(family, packet, { title, connection });
      }
    }
  }
  const sumAt = header + 8;
  const bent = withByte(echo, sumAt, echo[sumAt]! ^ 0xff);
  yield fixture(family, bent, { title: "SCTP with a wrong checksum", connection: SCTP });
  const none = withWord(withWord(echo, sumAt, 0), sumAt + 2, 0);
  yield fixture(family, none, { title: "SCTP with checksum 0", connection: SCTP });
}
