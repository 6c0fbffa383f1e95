/** Scenarios drawn at random, around the ones that get far: most packets belong to the connection, one thing at a time is odd. */
import fc from "fast-check";
import { LIFE } from "../../packages/engine/src/core/layout.ts";
import { SCTP_CHUNK } from "../../packages/engine/src/packet/parse.ts";
import {
  buildIcmpError,
  buildPacket,
  type ChunkName,
  type PacketSpec,
} from "../../packages/engine/src/packet/testing.ts";
import { buildFragments, buildWrapped } from "../../packages/engine/src/packet/testing-cut.ts";
import {
  ALLOW_LISTED_PORT,
  FILTERED_PORT,
  FTP_PORT,
  MARKS,
  NO_TUNNEL_ID,
  POLICY_FLAGS,
  TUNNELS,
  tunnelId,
} from "./configuration.ts";
import { fromClient, fromServer } from "./fixtures.ts";
import { type Family, type Hook, PLACE_NAMES, PLACES, type PlaceName } from "./network.ts";
import { padded, withByte, withLength, withOptions } from "./packets.ts";
import {
  type Connection,
  LOCAL_PORT,
  type PolicyChoice,
  type Scenario,
  SERVER_PORT,
  SLOPPY_PORT,
  STALE_PARTS,
  VIRTUAL_PORT,
} from "./scenario.ts";

const port = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(VIRTUAL_PORT, SLOPPY_PORT, SERVER_PORT) },
  { weight: 2, arbitrary: fc.constantFrom(FILTERED_PORT, ALLOW_LISTED_PORT, FTP_PORT, 20, 1024, 5005) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }) },
);
const place = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("client", "server", "gateway", "narrow") },
  { weight: 1, arbitrary: fc.constantFrom(...PLACE_NAMES) },
) as fc.Arbitrary<Connection["client"]>;
const oddLives = fc.constantFrom(
  LIFE.template,
  LIFE.held,
  LIFE.watched,
  LIFE.noClientPort,
  LIFE.noClientPort | LIFE.template,
  LIFE.watched | LIFE.held,
);
const rarely = fc.integer({ min: 0, max: 9 }).map((n) => n === 0);

const destinationIds = fc.oneof(
  { weight: 20, arbitrary: fc.nat(TUNNELS.length - 1).map(tunnelId) },
  { weight: 1, arbitrary: fc.constant(NO_TUNNEL_ID) },
);

const connections: fc.Arbitrary<Connection> = fc.record({
  protocol: fc.constantFrom("tcp", "udp", "sctp"),
  method: fc.oneof(
    { weight: 2, arbitrary: fc.constant("masquerade" as const) },
    {
      weight: 1,
      arbitrary: fc.constantFrom("full-nat", "direct-route", "tunnel", "tunnel", "local", "bypass"),
    },
  ),
  life: fc
    .tuple(
      fc.integer({ min: 0, max: 15 }),
      fc.subarray([LIFE.noOutput, LIFE.remote, LIFE.assured]),
      rarely,
      oddLives,
    )
    .map(([state, flags, isOdd, odd]) =>
      flags.reduce((life, flag) => life | flag, state | (isOdd ? odd : 0)),
    ),
  generation: fc.integer({ min: 0, max: 0xffff_ffff }).map((g) => (g % 5 === 0 ? g & ~1 : g | 1) >>> 0),
  client: place,
  clientPort: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 0xffff }) },
    { weight: 1, arbitrary: fc.constantFrom(0, 7000) },
  ),
  virtual: fc.oneof(
    { weight: 6, arbitrary: fc.constant("vip" as const) },
    { weight: 2, arbitrary: fc.constantFrom("ftp", "wide", "gateway", "marked") },
  ),
  virtualPort: port,
  destination: place,
  destinationPort: port,
  destinationId: destinationIds,
  stale: fc.oneof(
    { weight: 9, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...STALE_PARTS) },
  ),
}) as fc.Arbitrary<Connection>;

const policies: fc.Arbitrary<PolicyChoice | undefined> = fc.option(
  fc.record({
    flags: fc.subarray([...POLICY_FLAGS]).map((flags) => flags.reduce((all, flag) => all | flag, 0)),
    hasRules: fc.boolean(),
    budget: fc.oneof(
      { weight: 5, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }) },
    ),
    spent: fc.nat(4),
  }),
  { nil: undefined },
);
const marks = fc.oneof(
  { weight: 5, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(...Object.values(MARKS), 0xffff_ffff) },
);

const CHUNK_NAMES = Object.keys(SCTP_CHUNK).filter((name) => name !== "none") as ChunkName[];

/** What is sent, before anything odd happens to it. */
const specs = fc.record({
  isOutput: fc.boolean(),
  flags: fc.subarray([..."SAFRP"]).map((letters) => letters.join("")),
  chunks: fc.array(fc.constantFrom(...CHUNK_NAMES), { maxLength: 2 }),
  tos: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(255) }),
  id: fc.nat(0xffff),
  ttl: fc.oneof(
    { weight: 5, arbitrary: fc.constant(64) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) },
  ),
  payload: fc.oneof(
    { weight: 5, arbitrary: fc.uint8Array({ maxLength: 64 }) },
    { weight: 1, arbitrary: fc.integer({ min: 65, max: 1400 }).map((n) => new Uint8Array(n)) },
  ),
  noChecksum: rarely,
  fragment: fc.oneof(
    { weight: 9, arbitrary: fc.constant(0x4000) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }) },
  ),
  otherPort: rarely,
});

type Oddity = (packet: Uint8Array) => Uint8Array;
const nothing = fc.constant<Oddity>((packet) => packet);
const odd = <T>(arbitrary: fc.Arbitrary<T>, make: (value: T) => Oddity): fc.Arbitrary<Oddity> =>
  arbitrary.map(make);
const oddities: fc.Arbitrary<Oddity> = fc.oneof(
  { weight: 12, arbitrary: nothing },
  {
    weight: 1,
    arbitrary: odd(fc.nat(99), (n) => (packet) => packet.slice(0, Math.max(packet.length - n, 0))),
  },
  { weight: 1, arbitrary: odd(fc.nat(30), (n) => (packet) => padded(packet, n)) },
  { weight: 1, arbitrary: odd(fc.integer({ min: -80, max: 20 }), (n) => (packet) => withLength(packet, n)) },
  {
    weight: 3,
    arbitrary: odd(
      fc.tuple(fc.nat(75), fc.nat(255)),
      ([at, value]) =>
        (packet) =>
          withByte(packet, at, value),
    ),
  },
  {
    weight: 1,
    arbitrary: odd(
      fc.nat(10),
      (words) => (packet) => (packet[0] === 0x45 ? withOptions(packet, words) : packet),
    ),
  },
);

/** The packet itself, its fragments' first or last, or an ICMP error that quotes what became of it on its way. */
function packetOf(family: Family, c: Connection, spec: SpecValue, shape: Shape): Uint8Array {
  const { isOutput, otherPort, ...more } = spec;
  const ports: Partial<PacketSpec> = otherPort ? { fromPort: 1 } : {};
  const side = isOutput ? fromServer : fromClient;
  const packet = buildPacket({ ...side(family, c), ...more, ...ports });
  if (shape.kind === "whole") return packet;
  if (shape.kind === "fragment") {
    const fragments = buildFragments(packet, 24);
    return fragments[shape.isFirst ? 0 : fragments.length - 1] ?? packet;
  }
  const about = buildPacket({ ...side(family, c), ...more, ...translated(family, c, isOutput), ...ports });
  const ends = { from: PLACES[shape.from][family], to: PLACES[shape.to][family] };
  if (shape.tunnel === undefined) return buildIcmpError({ ...ends, type: shape.type, about });
  const { type, outer, end } = TUNNELS[shape.tunnel]!;
  if (outer !== family) return buildIcmpError({ ...ends, type: shape.type, about });
  const wrapped = buildWrapped(packet, { type, from: PLACES.host[family], to: PLACES[end][family] });
  return buildIcmpError({ ...ends, type: shape.type, about: wrapped });
}

/** The addresses and ports with which the connection's packet leaves. */
function translated(family: Family, c: Connection, isOutput: boolean): Partial<PacketSpec> {
  const isFullNat = c.method === "full-nat";
  const client = { to: PLACES[c.client][family], toPort: c.clientPort };
  if (isOutput) return { from: PLACES[c.virtual ?? "vip"][family], fromPort: c.virtualPort, ...client };
  const server = { to: PLACES[c.destination][family], toPort: c.destinationPort };
  return isFullNat ? { ...server, from: PLACES.host[family], fromPort: LOCAL_PORT } : server;
}

type SpecValue = typeof specs extends fc.Arbitrary<infer T> ? T : never;

type Shape =
  | { kind: "whole" }
  | { kind: "fragment"; isFirst: boolean }
  | { kind: "error"; type: number; from: PlaceName; to: PlaceName; tunnel: number | undefined };
const shapes: fc.Arbitrary<Shape> = fc.oneof(
  { weight: 8, arbitrary: fc.constant({ kind: "whole" as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("fragment" as const), isFirst: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("error" as const),
      type: fc.nat(13),
      from: fc.constantFrom<PlaceName>("client", "gateway"),
      to: fc.constantFrom<PlaceName>("vip", "host", "nowhere"),
      tunnel: fc.option(fc.nat(TUNNELS.length - 1), { nil: undefined }),
    }),
  },
);

export const scenarios: fc.Arbitrary<Scenario> = fc
  .record({
    family: fc.constantFrom<Family>(4, 6),
    hook: fc.constantFrom<Hook>("tc", "xdp", "inject"),
    isAway: rarely,
    isForHost: rarely.map((r) => !r),
    connection: connections,
    isKnown: fc.integer({ min: 0, max: 3 }).map((n) => n > 0),
    spec: specs,
    shape: shapes,
    oddity: oddities,
    gsoSize: fc.oneof(
      { weight: 4, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 1400 }) },
    ),
    mark: marks,
    policy: policies,
  })
  .map(
    ({
      family,
      hook,
      isAway,
      connection,
      isKnown,
      spec,
      shape,
      oddity,
      gsoSize,
      mark,
      policy,
      isForHost,
    }) => ({
      family,
      hook,
      side: isAway ? "server" : "client",
      isForHost,
      etherFamily: family,
      packet: oddity(packetOf(family, connection, spec, shape)),
      gsoSize: hook === "xdp" ? 0 : gsoSize,
      mark: hook === "tc" ? mark : 0,
      ...(isKnown ? { connection } : {}),
      ...(policy ? { policy } : {}),
    }),
  );
