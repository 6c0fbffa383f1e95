import { expect, test } from "vitest";
import { buildIp, buildPacket, type PacketSpec, packetProblems } from "../../packet/testing.ts";
import { buildFragments } from "../../packet/testing-cut.ts";
import { joinFragments } from "../../packet/testing-join.ts";
import { readNetwork16, writeNetwork16 } from "../../packet/words.ts";
import { RECORD } from "../layout.ts";
import { createRandom } from "../random.ts";
import { readCounter } from "../record.ts";
import { indexOf } from "../table/flow-index.ts";
import { createTestDirector } from "../testing.ts";
import type { Reason } from "../verdict.ts";

const nets = {
  4: { client: "198.51.100.7", vip: "192.0.2.1", server: "10.0.0.1", local: "10.0.0.200" },
  6: { client: "2001:db8:2::7", vip: "2001:db8::1", server: "fd00::1", local: "fd00::200" },
} as const;
const LIFE_TICKS = 28_610;

interface Setting {
  family: 4 | 6;
  protocol: PacketSpec["protocol"];
  method: "masquerade" | "direct-route" | "tunnel" | "full-nat" | "local";
  more?: object;
}

function setUp({ family, protocol, method, more = {} }: Setting) {
  const { vip, server, local } = nets[family];
  const d = createTestDirector({ capacity: 64 });
  const keepsPort = ["direct-route", "tunnel", "local"].includes(method);
  const service = {
    protocol,
    address: vip,
    port: 80,
    method,
    ...(method === "full-nat" ? { sourceAddresses: [local] } : {}),
    destinations: [keepsPort ? { address: server } : { address: server, port: 8080 }],
    ...more,
  };
  d.configure([service]);
  return { d, receive: d.receive, sent: d.sent };
}

const payload = Uint8Array.from({ length: 3000 }, (_, i) => i % 251);

function fromClient({ family, protocol }: Setting, more: Partial<PacketSpec> = {}): Uint8Array {
  const { client: from, vip: to } = nets[family];
  const opening = protocol === "sctp" ? { chunks: ["init"] as const } : { flags: "S" };
  return buildPacket({
    protocol,
    from,
    fromPort: 40_000,
    to,
    toPort: 80,
    fragment: 0,
    payload,
    ...opening,
    ...more,
  });
}

/** The packets inside a tunnel's (ipip). */
const unwrapped = (packets: Uint8Array[], family: 4 | 6): Uint8Array[] =>
  packets.map((packet) => packet.slice(family === 4 ? 20 : 40));

const settings: Setting[] = ([4, 6] as const).flatMap((family) =>
  (["udp", "tcp", "sctp"] as const).flatMap((protocol) =>
    (["masquerade", "direct-route", "tunnel", "full-nat"] as const).map((method) => ({
      family,
      protocol,
      method,
    })),
  ),
);
const orders = [
  { name: "in order", of: (f: Uint8Array[]) => f },
  { name: "backwards", of: (f: Uint8Array[]) => f.toReversed() },
  { name: "with the first in the middle", of: ([a, b, c]: Uint8Array[]) => [b!, a!, c!] },
];
for (const setting of settings) {
  for (const { name, of } of orders) {
    const { family, protocol, method } = setting;
    test(`fragments ${name}: IPv${family}, ${protocol}, ${method}: the server gets what it would have got whole`, () => {
      const whole = setUp(setting);
      whole.receive(fromClient(setting));
      const pieces = setUp(setting);
      for (const fragment of of(buildFragments(fromClient(setting), 1200))) pieces.receive(fragment);
      const wanted = whole.sent();
      const got = pieces.sent();
      expect(wanted).toHaveLength(1);
      expect(got.length).toBeGreaterThanOrEqual(3);
      if (method === "tunnel") {
        for (const packet of got) expect(packet.length).toBeLessThanOrEqual(1248);
        expect(joinFragments(unwrapped(got, family))).toEqual(unwrapped(wanted, family)[0]);
      } else expect(joinFragments(got)).toEqual(wanted[0]);
    });
  }
}

for (const family of [4, 6] as const) {
  for (const method of ["masquerade", "full-nat"] as const) {
    test(`fragments of a reply: IPv${family}, ${method}: the client gets the reply from the virtual address`, () => {
      const setting: Setting = { family, protocol: "udp", method };
      const { d, receive, sent } = setUp(setting);
      receive(fromClient(setting, { payload: "question" }));
      const [asked] = sent();
      const addressAt = family === 4 ? 12 : 8;
      const bytes = family === 4 ? 4 : 16;
      const reply = fromClient(setting);
      // turned round: from where the question went, to where it came from
      reply.set(asked!.subarray(addressAt + bytes, addressAt + 2 * bytes), addressAt);
      reply.set(asked!.subarray(addressAt, addressAt + bytes), addressAt + bytes);
      const portsAt = family === 4 ? 20 : 40;
      writeNetwork16(reply, portsAt, 8080);
      writeNetwork16(reply, portsAt + 2, readNetwork16(asked!, portsAt));
      for (const fragment of buildFragments(reply, 1200, 9)) receive(fragment);
      const got = joinFragments(sent());
      const { client, vip } = nets[family];
      const wanted = buildPacket({
        protocol: "udp",
        from: vip,
        fromPort: 80,
        to: client,
        toPort: 40_000,
        payload,
      });
      expect(got.subarray(addressAt, portsAt + 4)).toEqual(wanted.subarray(addressAt, portsAt + 4));
      const index = indexOf(d.table.find(family, keyOf(d, family)));
      expect(readCounter(d.table.records[family], index, RECORD.outPackets)).toBe(3);
    });
  }
}

/** Key of the one connection there is. */
function keyOf(d: ReturnType<typeof createTestDirector>, family: 4 | 6): Uint32Array {
  let found: Uint32Array | undefined;
  d.dataplane.scanFlows(family, (key, _, direction) => {
    if (direction === 0) found = new Uint32Array(key.slice().buffer);
  });
  return found!;
}

const udp: Setting = { family: 4, protocol: "udp", method: "masquerade" };
const three = (more: Partial<PacketSpec> = {}) => buildFragments(fromClient(udp, more), 1200, 9);

test("each fragment counts as a packet of its connection, with its bytes", () => {
  const { d, receive } = setUp(udp);
  for (const fragment of three()) receive(fragment);
  const r = d.table.records[4];
  const index = indexOf(d.table.find(4, keyOf(d, 4)));
  expect(readCounter(r, index, RECORD.inPackets)).toBe(3);
  expect(readCounter(r, index, RECORD.inBytes)).toBe(3008 + 3 * 20);
});

for (const family of [4, 6] as const) {
  test(`fragments for the host itself, IPv${family}, are counted and left to it, all of them as they came`, () => {
    const setting: Setting = { family, protocol: "udp", method: "local" };
    const { d, receive, sent } = setUp(setting);
    const fragments = buildFragments(fromClient(setting), 1200);
    for (const fragment of fragments.toReversed()) receive(fragment.slice());
    expect(joinFragments(d.dataplane.host.splice(0).map(({ bytes }) => bytes))).toEqual(fromClient(setting));
    expect(sent()).toEqual([]);
    expect(readCounter(d.table.records[family], 0, RECORD.inPackets)).toBe(3);
  });
}

const verdicts: { name: string; packets: () => (Uint8Array | undefined)[]; want: Reason[] }[] = [
  {
    name: "in order are forwarded",
    packets: three,
    want: ["fragment_forwarded", "fragment_forwarded", "fragment_forwarded"],
  },
  {
    name: "without the first wait",
    packets: () => three().slice(1),
    want: ["fragment_held", "fragment_held"],
  },
  {
    name: "that come twice leave once",
    packets: () => [three()[0], three()[0], three()[1], three()[1]],
    want: ["fragment_forwarded", "core_fragment", "fragment_forwarded", "core_fragment"],
  },
  {
    name: "that overlap end their packet (RFC 5722)",
    packets: () => [
      three()[0],
      buildFragments(fromClient(udp), 1600, 9)[1],
      shifted(three()[1]!, 800),
      three()[2],
    ],
    want: ["fragment_forwarded", "fragment_forwarded", "core_fragment", "core_fragment"],
  },
  {
    name: "of a packet that ends twice end it",
    packets: () => [three()[0], three()[2], shifted(three()[2]!, 3200)],
    want: ["fragment_forwarded", "fragment_forwarded", "core_fragment"],
  },
  {
    name: "that hold less than a transport header are malformed (RFC 1858)",
    packets: () => buildFragments(fromClient({ ...udp, protocol: "tcp" }, { payload: "" }), 8, 9).slice(0, 1),
    want: ["core_malformed"],
  },
  {
    name: "that end behind the longest packet are malformed",
    packets: () => [shifted(three()[1]!, 65_528)],
    want: ["core_malformed"],
  },
  {
    name: "whose length is no multiple of 8 are malformed, but for the last",
    packets: () => [shortened(three()[0]!, 3)],
    want: ["core_malformed"],
  },
  {
    name: "without payload are malformed",
    packets: () => [shortened(three()[1]!, 1200)],
    want: ["core_malformed"],
  },
  {
    name: "of ICMP are the host's",
    packets: () => [
      buildIp({ from: nets[4].client, to: nets[4].vip, protocol: 1, body: payload, fragment: 0x2000 }),
    ],
    want: ["left_to_host"],
  },
  {
    name: "to a port without a service are the host's, all of them",
    packets: () => three({ toPort: 81 }),
    want: ["left_to_host", "left_to_host", "left_to_host"],
  },
  {
    name: "of a SYN-less segment without a flow are dropped, all of them",
    packets: () =>
      buildFragments(fromClient({ ...udp, protocol: "tcp" }, { flags: "A", toPort: 443 }), 1200, 9),
    want: ["mid_stream", "core_fragment", "core_fragment"],
  },
  {
    name: "whose TTL ends are answered once",
    packets: () => three({ ttl: 1 }),
    want: ["core_ttl_exceeded", "core_fragment", "core_fragment"],
  },
];
for (const { name, packets, want } of verdicts) {
  test(`fragments ${name}`, () => {
    const { d, receive } = setUp(udp);
    const web = {
      protocol: "udp",
      address: nets[4].vip,
      port: 80,
      destinations: [{ address: nets[4].server, port: 8080 }],
    };
    d.configure([web, { ...web, protocol: "tcp", port: 443 }]);
    expect(packets().flatMap((packet) => receive(packet!))).toEqual(want);
  });
}

/** The fragment with another offset, in bytes. */
function shifted(fragment: Uint8Array, offset: number): Uint8Array {
  const packet = fragment.slice();
  writeNetwork16(packet, 6, (readNetwork16(packet, 6) & 0xe000) | (offset / 8));
  return fixed(packet);
}

/** The fragment without its last bytes. */
function shortened(fragment: Uint8Array, bytes: number): Uint8Array {
  const packet = fragment.slice(0, fragment.length - bytes);
  writeNetwork16(packet, 2, packet.length);
  return fixed(packet);
}

/** With a right header checksum. */
function fixed(packet: Uint8Array): Uint8Array {
  const [from, to] = [packet.subarray(12, 16).join("."), packet.subarray(16, 20).join(".")];
  const fragment = readNetwork16(packet, 6);
  return buildIp({
    from,
    to,
    protocol: packet[9]!,
    body: packet.subarray(20),
    fragment,
    id: readNetwork16(packet, 4),
  });
}

test("a held fragment is forgotten after 30 s", () => {
  const { d, receive } = setUp(udp);
  const [first, second, third] = three();
  expect(receive(third!)).toEqual(["fragment_held"]);
  d.pass(LIFE_TICKS - 1);
  expect(receive(second!)).toEqual(["fragment_held"]);
  d.pass(1);
  expect(receive(first!)).toEqual(["fragment_forwarded"]);
  expect(d.dataplane.sent).toHaveLength(1);
});

test("later fragments do not follow a record that has become another connection's", () => {
  const { d, receive, sent } = setUp(udp);
  const [first, second] = three();
  receive(first!);
  const index = indexOf(d.table.find(4, keyOf(d, 4)));
  d.connections.close(4, index, d.clock.now);
  d.pass(2000);
  for (let port = 1; port <= 64; port++) receive(fromClient(udp, { fromPort: port, payload: "" }));
  sent();
  expect(receive(second!)).toEqual(["core_fragment"]);
  expect(sent()).toEqual([]);
});

test("a datagram in fragments is scheduled by itself where every packet is", () => {
  for (const method of ["masquerade", "direct-route", "tunnel"] as const) {
    const setting: Setting = { family: 4, protocol: "udp", method, more: { onePacket: true } };
    const { d, receive, sent } = setUp(setting);
    const reasons = buildFragments(fromClient(setting), 1200, 9).flatMap((piece) => receive(piece));
    expect(reasons).toEqual(["one_packet", "fragment_forwarded", "fragment_forwarded"]);
    const got = sent();
    const joined = joinFragments(method === "tunnel" ? unwrapped(got, 4) : got);
    expect(packetProblems(joined)).toEqual([]);
    expect(joined.subarray(28)).toEqual(payload);
    expect(d.dataplane.sent).toEqual([]);
  }
});

test("no sequence of broken fragments makes the core throw", () => {
  const seed = 59;
  const random = createRandom(seed);
  const { receive, sent } = setUp(udp);
  for (let round = 0; round < 1000; round++) {
    const fragment = buildFragments(fromClient(udp, { id: round & 3 }), 400, random(4))[random(8)]!.slice();
    for (let flips = random(3); flips > 0; flips--) fragment[random(28)] = random(256);
    const cut = fragment.subarray(0, 1 + random(fragment.length));
    expect(() => receive(random(2) === 0 ? cut : fragment), `seed ${seed}, round ${round}`).not.toThrow();
    sent();
  }
});
