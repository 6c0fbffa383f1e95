/** Scenarios drawn at random, around the ones that get far: most packets belong to the connection, one thing at a time is odd. */
import fc from "fast-check";
import { LIFE } from "../../packages/engine/src/core/layout.ts";
import { buildIcmpError, buildPacket, type PacketSpec } from "../../packages/engine/src/packet/testing.ts";
import { fromClient, fromServer } from "./fixtures.ts";
import { type Family, type Hook, PLACE_NAMES, PLACES } from "./network.ts";
import { padded, withByte, withLength, withOptions } from "./packets.ts";
import {
  type Connection,
  type Scenario,
  SERVER_PORT,
  SLOPPY_PORT,
  STALE_PARTS,
  VIRTUAL_PORT,
} from "./scenario.ts";

const port = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(VIRTUAL_PORT, SLOPPY_PORT, SERVER_PORT) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }) },
);
const place = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("client", "server", "gateway", "narrow") },
  { weight: 1, arbitrary: fc.constantFrom(...PLACE_NAMES) },
) as fc.Arbitrary<Connection["client"]>;
const rarely = fc.integer({ min: 0, max: 9 }).map((n) => n === 0);

const connections: fc.Arbitrary<Connection> = fc.record({
  protocol: fc.constantFrom("tcp", "udp"),
  method: fc.oneof(
    { weight: 3, arbitrary: fc.constant("masquerade" as const) },
    { weight: 1, arbitrary: fc.constantFrom("direct-route", "tunnel", "local") },
  ),
  life: fc
    .tuple(fc.integer({ min: 0, max: 15 }), fc.boolean(), fc.boolean(), rarely)
    .map(([state, noOutput, remote, template]) => {
      const flags = (noOutput ? LIFE.noOutput : 0) | (remote ? LIFE.remote : 0);
      return state | flags | (template ? LIFE.template : 0);
    }),
  generation: fc.integer({ min: 0, max: 0xffff_ffff }).map((g) => (g % 5 === 0 ? g & ~1 : g | 1) >>> 0),
  client: place,
  clientPort: fc.integer({ min: 0, max: 0xffff }),
  virtualPort: port,
  destination: place,
  destinationPort: port,
  stale: fc.oneof(
    { weight: 9, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...STALE_PARTS) },
  ),
}) as fc.Arbitrary<Connection>;

/** What is sent, before anything odd happens to it. */
const specs = fc.record({
  isOutput: fc.boolean(),
  flags: fc.subarray([..."SAFRP"]).map((letters) => letters.join("")),
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

/** The packet itself, or an ICMP error that quotes what became of it on its way. */
function packetOf(family: Family, c: Connection, spec: SpecValue, icmpType: number | undefined): Uint8Array {
  const { isOutput, otherPort, ...more } = spec;
  const ports: Partial<PacketSpec> = otherPort ? { fromPort: 1 } : {};
  const side = isOutput ? fromServer : fromClient;
  if (icmpType === undefined) return buildPacket({ ...side(family, c), ...more, ...ports });
  const translated: Partial<PacketSpec> = isOutput
    ? { from: PLACES.vip[family], fromPort: c.virtualPort }
    : { to: PLACES[c.destination][family], toPort: c.destinationPort };
  const about = buildPacket({ ...side(family, c), ...more, ...translated, ...ports });
  return buildIcmpError({ from: PLACES.client[family], to: PLACES.vip[family], type: icmpType, about });
}

type SpecValue = typeof specs extends fc.Arbitrary<infer T> ? T : never;

export const scenarios: fc.Arbitrary<Scenario> = fc
  .record({
    family: fc.constantFrom<Family>(4, 6),
    hook: fc.constantFrom<Hook>("tc", "xdp", "inject"),
    isAway: rarely,
    isForHost: rarely.map((r) => !r),
    connection: connections,
    isKnown: fc.integer({ min: 0, max: 3 }).map((n) => n > 0),
    spec: specs,
    icmpType: fc.oneof(
      { weight: 6, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.nat(13) },
    ),
    oddity: oddities,
    gsoSize: fc.oneof(
      { weight: 4, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 1400 }) },
    ),
  })
  .map(({ family, hook, isAway, isForHost, connection, isKnown, spec, icmpType, oddity, gsoSize }) => ({
    family,
    hook,
    side: isAway ? "server" : "client",
    isForHost,
    etherFamily: family,
    packet: oddity(packetOf(family, connection, spec, icmpType)),
    gsoSize: hook === "xdp" ? 0 : gsoSize,
    ...(isKnown ? { connection } : {}),
  }));
