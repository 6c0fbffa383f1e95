/** Room in tunnels: what a tunnel adds has to fit into the MTU of the way to its destination, beside the clients' packets. Decides; asks nobody. */
import { tunnelOverhead } from "@tandem/engine";
import { type DocumentSpec, destinationKey, familyOf, LbError, TunnelSpec } from "@tandem/model";

/** What clients send over Ethernet, unless they are told otherwise. */
const COMMON_BYTES = 1500;
/** IP and TCP header around a segment. */
const HEADER_BYTES = { 4: 40, 6: 60 } as const;
/**
 * What clients cannot be asked to go below: over IPv6 no link may (RFC 8200 §5); over IPv4 every host takes as much in one piece (RFC 791 §3.1), and
 * Linux (552) and others believe no ICMP error that tells of less.
 */
const LEAST_BYTES = { 4: 576, 6: 1280 } as const;

/** A tunnel of a document, and where it leads. */
export interface TunnelWay {
  /** Of the destination in the document, such as `services[0].destinations[1]`. */
  readonly path: string;
  /** Of the destination, such as `tcp 192.0.2.1:80 -> 10.0.0.1:80`. */
  readonly key: string;
  /** Canonical text. */
  readonly address: string;
  readonly type: TunnelSpec["type"];
  /** Bytes that it adds to each packet. */
  readonly overhead: number;
  /** Of what is inside. */
  readonly family: 4 | 6;
  /** Packets that do not fit are cut instead of refused. */
  readonly mayFragment: boolean;
}

/** The tunnels of a document, in its order. */
export function tunnelsIn({ services, settings }: Pick<DocumentSpec, "services" | "settings">): TunnelWay[] {
  return services.flatMap((service, s) =>
    service.destinations.flatMap((destination, d) => {
      if ((destination.method ?? service.method) !== "tunnel") return [];
      const { address } = destination;
      const tunnel = destination.tunnel ?? service.tunnel ?? TunnelSpec.parse({});
      const way: TunnelWay = {
        path: `services[${s}].destinations[${d}]`,
        key: destinationKey(service, destination),
        address,
        type: tunnel.type,
        overhead: tunnelOverhead(address, tunnel),
        family: familyOf(service.address),
        mayFragment: !settings.pmtuDiscovery,
      };
      return [way];
    }),
  );
}

/** MTU of the route to an address in canonical text; undefined without one. */
export type MtuOf = (address: string) => number | undefined;

/** How much room a tunnel has: for everything; for what clients can be asked to send, or for pieces; for less than that; nobody knows without a route. */
export type Room = "enough" | "scarce" | "missing" | "unknown";

/** What room a path MTU leaves in a tunnel. The one place where that is decided. */
export function roomIn({ overhead, family, mayFragment }: TunnelWay, mtu: number | undefined): Room {
  if (mtu === undefined) return "unknown";
  if (mtu - overhead >= COMMON_BYTES) return "enough";
  return mayFragment || mtu - overhead >= LEAST_BYTES[family] ? "scarce" : "missing";
}

/** Tunnels that have less room than clients may want, all for the same reason. */
export interface TunnelFinding {
  readonly room: Exclude<Room, "enough">;
  /** Sentences without their end. */
  readonly found: string;
  readonly fix: string;
}

/** Find the tunnels with less room than clients may want, the worst first. */
export function examineTunnels(ways: readonly TunnelWay[], mtuOf: MtuOf): TunnelFinding[] {
  const distinct = new Map(ways.map((way) => [identityOf(way), way]));
  const measured = [...distinct.values()].map((way): Measured => {
    const mtu = mtuOf(way.address);
    return { way, mtu, room: roomIn(way, mtu) };
  });
  return ROOMS.flatMap((room) => {
    const alike = Map.groupBy(
      measured.filter((m) => m.room === room),
      reasonOf,
    );
    return [...alike.values()].map((same) => findingOf(room, same));
  });
}

interface Measured {
  readonly way: TunnelWay;
  readonly mtu: number | undefined;
  readonly room: Room;
}

/** What a finding's words depend on. */
const reasonOf = ({ way, mtu }: Measured): string =>
  mtu === undefined ? way.address : [mtu, way.type, way.overhead, way.family, way.mayFragment].join();

function findingOf(room: TunnelFinding["room"], same: readonly Measured[]): TunnelFinding {
  const { way, mtu = 0 } = same[0]!;
  const others = same.length === 1 ? "" : `, as of ${same.length - 1} more,`;
  const { found, fix } = WORDS[room](way, mtu);
  return { room, found: `the tunnel of "${way.key}"${others} ${found}`, fix };
}

const roomFor = ({ type, overhead }: TunnelWay, mtu: number): string =>
  `has room for packets of ${Math.max(mtu - overhead, 0)}: ${type} takes ${overhead} of the path MTU of ${mtu}`;

const WORDS: Readonly<
  Record<TunnelFinding["room"], (way: TunnelWay, mtu: number) => Pick<TunnelFinding, "found" | "fix">>
> = {
  missing(way, mtu) {
    const least = LEAST_BYTES[way.family];
    return {
      found: `${roomFor(way, mtu)}, but IPv${way.family} clients cannot be asked to send less than ${least}`,
      fix: `a path MTU of ${least + way.overhead} or more, or \`pmtuDiscovery: false\`, which cuts what does not fit`,
    };
  },
  unknown: ({ address }) => ({ found: "carries nothing yet", fix: `a route to ${address}` }),
  scarce(way, mtu) {
    const becomes = way.mayFragment
      ? "is cut, packet by packet"
      : "is refused by ICMP, which firewalls on its way to the client may drop";
    const mss = Math.max(mtu - way.overhead - HEADER_BYTES[way.family], 0);
    return {
      found: `${roomFor(way, mtu)}; what is larger ${becomes}`,
      fix: `a path MTU of ${COMMON_BYTES + way.overhead}, or an MSS of ${mss} at its destination`,
    };
  },
};

/** Worst first. */
const ROOMS: readonly TunnelFinding["room"][] = ["missing", "unknown", "scarce"];

/**
 * What an operator should know of a document's tunnels before it replaces the current one, one sentence each. What stands in the current document
 * already is told, not refused: the cluster has agreed on it, and it must not be in the way of other changes.
 *
 * @throws LbError `invalid_document` with every tunnel that has no room
 */
export function admitTunnels(spec: DocumentSpec, current: DocumentSpec, mtuOf: MtuOf): string[] {
  const refused = newTunnels(spec, current).filter((way) => roomIn(way, mtuOf(way.address)) === "missing");
  const problems = refused.map((way) => {
    const [{ found, fix }] = examineTunnels([way], mtuOf) as [TunnelFinding];
    return { line: 0, column: 0, path: way.path, message: `${found}, wanted ${fix}` };
  });
  if (problems.length > 0) throw new LbError({ code: "invalid_document", source: "document", problems });
  return examineTunnels(tunnelsIn(spec), mtuOf).map(sentenceOf);
}

/** Tunnels of a document that do not stand in the current one. */
export function newTunnels(spec: DocumentSpec, current: DocumentSpec): TunnelWay[] {
  const standing = new Set(tunnelsIn(current).map(identityOf));
  return tunnelsIn(spec).filter((way) => !standing.has(identityOf(way)));
}

const identityOf = ({ key, overhead, mayFragment }: TunnelWay): string => `${key} ${overhead} ${mayFragment}`;

/** A finding as one sentence for people. */
export const sentenceOf = ({ found, fix }: TunnelFinding): string =>
  `${found[0]!.toUpperCase()}${found.slice(1)}; wanted ${fix}`;
