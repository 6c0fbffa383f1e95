/** Services: marks and classifier rules, port 0, ftp, filtered clients, budgets, expected clients, policies. */
import { LIFE } from "../../../packages/engine/src/core/layout.ts";
import { buildIcmpError, buildPacket, type PacketSpec } from "../../../packages/engine/src/packet/testing.ts";
import { buildFragments } from "../../../packages/engine/src/packet/testing-cut.ts";
import { ALLOW_LISTED_PORT, FILTERED_PORT, FTP_PORT, MARKS, POLICY_FLAGS } from "../configuration.ts";
import { type Family, PLACES, type PlaceName } from "../network.ts";
import {
  CLIENT_PORT,
  type Connection,
  PROTOCOL_NUMBERS,
  type Protocol,
  SLOPPY_PORT,
  VIRTUAL_PORT,
} from "../scenario.ts";
import { ESTABLISHED, type Fixture, fixture, fromClient, fromServer } from "./fixture.ts";

const PROTOCOLS = Object.keys(PROTOCOL_NUMBERS) as Protocol[];
const OPENING = { flags: "S", chunks: ["init"] } as const;
const MID_STREAM = { flags: "A", chunks: ["shutdown"] } as const;
const ABORTING = { flags: "R", chunks: ["abort"] } as const;
const STAGES = { opening: OPENING, "in mid-stream": MID_STREAM, aborting: ABORTING } as const;

const spec = (family: Family, to: PlaceName, more: Partial<PacketSpec>): PacketSpec =>
  fromClient(family, ESTABLISHED, { to: PLACES[to][family], ...more });

/** The packet's own mark and that of rules, to VIPs and elsewhere. */
export function* marks(family: Family): Generator<Fixture> {
  const shapes: [string, PlaceName, Partial<PacketSpec>][] = [
    ["a marked address", "marked", {}],
    ["a marked port", "nowhere", { toPort: 5005 }],
    ["the first marked port", "vip", { toPort: 5000 }],
    ["the last marked port", "vip", { toPort: 5010 }],
    ["beyond the marked ports", "vip", { toPort: 5011 }],
    ["from a marked port", "nowhere", { fromPort: 7000 }],
    ["from a marked port to a service", "vip", { fromPort: 7000 }],
    ["a service", "vip", {}],
  ];
  for (const [what, to, more] of shapes) {
    for (const protocol of PROTOCOLS) {
      for (const [stage, flags] of Object.entries(STAGES)) {
        const packet = buildPacket(spec(family, to, { protocol, ...flags, ...more }));
        const title = `${protocol} to ${what}, ${stage}`;
        yield fixture(family, packet, { title: `${title}, no rules` });
        yield fixture(family, packet, { title: `${title}, rules`, policy: { hasRules: true } });
      }
    }
  }
  for (const mark of [...Object.values(MARKS), 0xffff_ffff]) {
    for (const to of ["vip", "marked", "nowhere"] as const) {
      for (const [stage, flags] of Object.entries(STAGES)) {
        const packet = buildPacket(spec(family, to, flags));
        const title = `own mark ${mark} to ${to}, ${stage}`;
        yield fixture(family, packet, { title, mark });
        yield fixture(family, packet, { title: `${title}, rules`, mark, policy: { hasRules: true } });
      }
    }
  }
}

/** Lookups by port: its own, ftp's, every one. */
export function* ports(family: Family): Generator<Fixture> {
  for (const to of ["wide", "ftp", "vip"] as const) {
    for (const toPort of [0, 1, 20, FTP_PORT, 22, VIRTUAL_PORT, 1023, 1024, 65_535]) {
      for (const protocol of PROTOCOLS) {
        for (const [stage, flags] of Object.entries(STAGES)) {
          const packet = buildPacket(spec(family, to, { protocol, toPort, ...flags }));
          yield fixture(family, packet, { title: `${protocol} to ${to}:${toPort}, ${stage}` });
        }
      }
    }
  }
}

/** Who is served, before it is asked what the packet is and what is left of a budget. */
export function* clients(family: Family): Generator<Fixture> {
  for (const toPort of [FILTERED_PORT, ALLOW_LISTED_PORT]) {
    for (const from of ["client", "neighbour", "server", "nowhere"] as const) {
      for (const [stage, flags] of Object.entries(STAGES)) {
        const packet = buildPacket(spec(family, "vip", { from: PLACES[from][family], toPort, ...flags }));
        yield fixture(family, packet, { title: `${from} to filtered port ${toPort}, ${stage}` });
        const policy = { budget: 1, spent: 1 };
        yield fixture(family, packet, {
          title: `${from} to filtered port ${toPort}, ${stage}, nothing left`,
          policy,
        });
      }
    }
  }
}

/** Budgets: what counts, what is left, whose it is. */
export function* budgets(family: Family): Generator<Fixture> {
  for (const [budget, spent] of [
    [1, 0],
    [1, 1],
    [5, 4],
    [5, 5],
    [5, 6],
    [0, 9],
  ] as const) {
    for (const from of ["client", "neighbour", "server"] as const) {
      for (const toPort of [VIRTUAL_PORT, SLOPPY_PORT, 22]) {
        for (const [stage, flags] of Object.entries(STAGES)) {
          const packet = buildPacket(spec(family, "vip", { from: PLACES[from][family], toPort, ...flags }));
          const title = `${spent} of ${budget} spent, ${from} to port ${toPort}, ${stage}`;
          yield fixture(family, packet, { title, policy: { budget, spent } });
        }
      }
    }
  }
}

/** A client that is expected, from whatever port, and those that only seem so. */
export function* expected(family: Family): Generator<Fixture> {
  const waiting: Connection = {
    ...ESTABLISHED,
    virtual: "ftp",
    virtualPort: 2020,
    clientPort: 0,
    life: LIFE.noClientPort,
  };
  const changes: Record<string, Partial<Connection>> = {
    "an expected client": {},
    "an expected client of another VIP": { virtual: "wide" },
    "a template": { life: LIFE.noClientPort | LIFE.template },
    "a client whose port is known": { life: 1 },
    "a dead record": { generation: 8 },
    "another record": { stale: "virtualPort" },
    "an expected datagram": { protocol: "udp" },
  };
  for (const [what, change] of Object.entries(changes)) {
    const connection = { ...waiting, ...change };
    for (const fromPort of [0, CLIENT_PORT]) {
      for (const [stage, flags] of Object.entries(STAGES)) {
        const packet = buildPacket(fromClient(family, connection, { fromPort, ...flags }));
        yield fixture(family, packet, { title: `${what} from port ${fromPort}, ${stage}`, connection });
      }
    }
  }
}

/** What the policy says of packets without a flow. */
export function* policies(family: Family): Generator<Fixture> {
  const about = buildPacket(
    fromServer(family, ESTABLISHED, { from: PLACES.vip[family], fromPort: VIRTUAL_PORT }),
  );
  const type = family === 4 ? 3 : 1;
  const error = (to: PlaceName, more = about) =>
    buildIcmpError({ from: PLACES.client[family], to: PLACES[to][family], type, about: more });
  const strange = buildPacket(fromServer(family, ESTABLISHED, { to: PLACES.nowhere[family], toPort: 7000 }));
  const packets: Record<string, Uint8Array> = {
    "mid-stream": buildPacket(spec(family, "vip", MID_STREAM)),
    "SCTP in mid-stream": buildPacket(spec(family, "vip", { protocol: "sctp" })),
    "sloppy mid-stream": buildPacket(spec(family, "vip", { ...MID_STREAM, toPort: SLOPPY_PORT })),
    "sloppy RST": buildPacket(spec(family, "vip", { ...ABORTING, toPort: SLOPPY_PORT })),
    reply: buildPacket(fromServer(family, ESTABLISHED)),
    "UDP reply": buildPacket(fromServer(family, { ...ESTABLISHED, protocol: "udp" })),
    "SCTP reply": buildPacket(fromServer(family, { ...ESTABLISHED, protocol: "sctp" })),
    "reply to the host": buildPacket(fromServer(family, { ...ESTABLISHED, client: "host" })),
    "reply to nowhere": strange,
    "ICMP error to a VIP": error("vip"),
    "ICMP error to the wide VIP": error("wide"),
    "ICMP error elsewhere": error("nowhere"),
    "ICMP error to a VIP about a marked client": error("vip", strange),
  };
  for (const flags of POLICY_FLAGS) {
    for (const [what, packet] of Object.entries(packets)) {
      yield fixture(family, packet, { title: `policy ${flags}, ${what}`, policy: { flags } });
      const policy = { flags, hasRules: true };
      yield fixture(family, packet, { title: `policy ${flags}, ${what}, rules`, policy });
    }
  }
}

/** Fragments of each protocol to VIPs, from destinations, and with marks, whatever their ports are. */
export function* fragments(family: Family): Generator<Fixture> {
  for (const protocol of PROTOCOLS) {
    const c = { ...ESTABLISHED, protocol };
    const payload = new Uint8Array(60);
    const whole: Record<string, PacketSpec> = {
      "to the VIP": fromClient(family, c, { payload }),
      "from a destination": fromServer(family, c, { payload, to: PLACES.nowhere[family] }),
      "to a marked address": fromClient(family, c, { payload, to: PLACES.marked[family] }),
      "to a marked port": fromClient(family, c, { payload, to: PLACES.nowhere[family], toPort: 5005 }),
      "from the client": fromClient(family, c, { payload, to: PLACES.nowhere[family] }),
    };
    for (const [where, packet] of Object.entries(whole)) {
      for (const [i, bytes] of buildFragments(buildPacket(packet), 32).entries()) {
        const title = `${protocol} fragment ${i} ${where}`;
        yield fixture(family, bytes, { title, connection: c });
        yield fixture(family, bytes, { title: `${title}, rules`, policy: { hasRules: true } });
        yield fixture(family, bytes, { title: `${title}, own mark`, mark: MARKS.plain });
      }
    }
  }
}
