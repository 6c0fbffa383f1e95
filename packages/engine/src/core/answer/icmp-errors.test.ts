import { expect, test } from "vitest";
import { buildIcmpError, buildPacket, type PacketSpec, packetProblems } from "../../packet/testing.ts";
import { buildWrapped } from "../../packet/testing-cut.ts";
import { readNetwork16 } from "../../packet/words.ts";
import { createRandom } from "../random.ts";
import { createTestDirector } from "../testing.ts";

const nets = {
  4: {
    client: "198.51.100.7",
    vip: "192.0.2.1",
    server: "10.0.0.1",
    local: "10.0.0.200",
    own: "10.0.0.254",
    type: 3,
  },
  6: {
    client: "2001:db8:2::7",
    vip: "2001:db8::1",
    server: "fd00::1",
    local: "fd00::200",
    own: "fd00::fe",
    type: 1,
  },
} as const;
const PORT = { client: 40_000, vip: 80, server: 8080 };

function setUp(family: 4 | 6, service: object, more: { settings?: object; to?: object } = {}) {
  const { vip, server } = nets[family];
  const d = createTestDirector({ capacity: 16 });
  const destinations = [{ address: server, ...more.to }];
  d.configure([{ protocol: "udp", address: vip, port: PORT.vip, destinations, ...service }], {
    settings: more.settings ?? {},
  });
  return { d, receive: d.receive, sent: d.sent };
}

const end = (address: string, port: number) => ({ from: address, fromPort: port });
const target = (address: string, port: number) => ({ to: address, toPort: port });

function request(family: 4 | 6, more: Partial<PacketSpec> = {}): Uint8Array {
  const { client, vip } = nets[family];
  return buildPacket({
    protocol: "udp",
    ...end(client, PORT.client),
    ...target(vip, PORT.vip),
    payload: "question",
    ...more,
  });
}

/** Without checksums, which depend on what a quote cannot show. */
const quote = (family: 4 | 6, ends: Partial<PacketSpec>): Uint8Array =>
  request(family, { noChecksum: true, ...ends });

for (const family of [4, 6] as const) {
  const { client, vip, server, local, type } = nets[family];

  test(`IPv${family}: an error about full NAT is translated at both ends, whichever side it comes from`, () => {
    const { d, receive, sent } = setUp(
      family,
      { method: "full-nat", sourceAddresses: [local] },
      { to: { port: PORT.server } },
    );
    receive(request(family));
    const localPort = readNetwork16(sent()[0]!, family === 4 ? 20 : 40);
    const inside = { ...end(local, localPort), ...target(server, PORT.server) };
    expect(
      receive(buildIcmpError({ from: server, to: local, type, code: 3, about: quote(family, inside) })),
    ).toEqual(["icmp_translated"]);
    expect(sent()).toEqual([
      lessTtl(buildIcmpError({ from: vip, to: client, type, code: 3, about: quote(family, {}) })),
    ]);
    const reply = { ...end(vip, PORT.vip), ...target(client, PORT.client) };
    receive(buildIcmpError({ from: client, to: vip, type, code: 3, about: quote(family, reply) }));
    const replyInside = { ...end(server, PORT.server), ...target(local, localPort) };
    expect(sent()).toEqual([
      lessTtl(buildIcmpError({ from: local, to: server, type, code: 3, about: quote(family, replyInside) })),
    ]);
    expect(d.dataplane.host).toEqual([]);
  });

  for (const { tunnel, overhead } of [
    { tunnel: { type: "ipip" }, overhead: 0 },
    { tunnel: { type: "gre" }, overhead: 4 },
    { tunnel: { type: "gue", port: 6080 }, overhead: 12 },
  ] as const) {
    const wrap = (about: Uint8Array) =>
      buildWrapped(about, {
        type: tunnel.type,
        from: nets[family].own,
        to: server,
        toPort: 6080,
        fragment: 0x4000,
      });
    const tooBig = { from: "203.0.113.1", type: 3, code: 4, rest: 1400 };
    const tooBig6 = { from: "2001:db8:9::1", type: 2, code: 0, rest: 1400 };

    test(`IPv${family}: too big, said of a ${tunnel.type} tunnel's packet, is told to the client`, () => {
      const { receive, sent } = setUp(family, { method: "tunnel", tunnel });
      receive(request(family));
      sent();
      const error = {
        ...(family === 4 ? tooBig : tooBig6),
        to: nets[family].own,
        about: wrap(request(family)),
      };
      expect(receive(buildIcmpError(error))).toEqual(["icmp_translated"]);
      const [told] = sent();
      const icmpAt = family === 4 ? 20 : 40;
      expect(packetProblems(told!)).toEqual([]);
      expect([...told!.subarray(icmpAt, icmpAt + 2)]).toEqual(family === 4 ? [3, 4] : [2, 0]);
      expect(readNetwork16(told!, icmpAt + 6)).toBe(1400 - overhead - (family === 4 ? 20 : 40));
      const quoted = told!.subarray(icmpAt + 8);
      expect(quoted).toEqual(request(family).subarray(0, quoted.length));
    });
  }

  test(`IPv${family}: an error about a tunnel's packet of no connection is dropped`, () => {
    const { receive, sent } = setUp(family, { method: "tunnel" });
    const about = buildWrapped(request(family), { type: "ipip", from: nets[family].own, to: server });
    const from = family === 4 ? "203.0.113.1" : "2001:db8:9::1";
    expect(receive(buildIcmpError({ from, to: nets[family].own, type, about }))).toEqual([
      "core_icmp_unrelated",
    ]);
    expect(sent()).toEqual([]);
  });

  test(`IPv${family}: what a real server sends without a connection is refused, where that is set, but for a reset`, () => {
    const service = { protocol: "tcp", method: "masquerade" };
    const { receive, sent } = setUp(family, service, { settings: { unmatchedReply: "refuse" } });
    const stray = { protocol: "tcp", ...end(server, PORT.vip), ...target(client, PORT.client) } as const;
    expect(receive(buildPacket({ ...stray, flags: "A" }))).toEqual(["refused"]);
    const [error] = sent();
    expect(packetProblems(error!)).toEqual([]);
    expect(receive(buildPacket({ ...stray, flags: "R" }))).toEqual(["refused"]);
    expect(sent()).toEqual([]);
  });

  test(`IPv${family}: an error about no connection makes one, where that is set`, () => {
    const settings = { scheduleIcmp: true };
    const { d, receive, sent } = setUp(
      family,
      { method: "masquerade" },
      { settings, to: { port: PORT.server } },
    );
    const about = quote(family, { ...end(vip, PORT.vip), ...target(client, PORT.client) });
    expect(receive(buildIcmpError({ from: client, to: vip, type, code: 3, about }))).toEqual([
      "icmp_translated",
    ]);
    const inside = quote(family, { ...end(server, PORT.server), ...target(client, PORT.client) });
    expect(sent()).toEqual([
      lessTtl(buildIcmpError({ from: client, to: server, type, code: 3, about: inside })),
    ]);
    expect(d.table.size).toBe(1);
  });
}

/** One hop further. */
function lessTtl(packet: Uint8Array): Uint8Array {
  const bytes = packet.slice();
  if (bytes[0]! >>> 4 === 6) bytes[7]! -= 1;
  else {
    bytes[8]! -= 1;
    const checksum = readNetwork16(bytes, 10) + 0x100;
    const folded = checksum > 0xffff ? checksum - 0xffff : checksum;
    bytes[10] = folded >>> 8;
    bytes[11] = folded & 0xff;
  }
  return bytes;
}

test("IPv4's parameter problem is left to the host, as the kernel leaves it", () => {
  const { d, receive } = setUp(4, { method: "masquerade" }, { to: { port: PORT.server } });
  receive(request(4));
  const { server, client } = nets[4];
  const error = buildIcmpError({
    from: server,
    to: client,
    type: 12,
    about: quote(4, target(server, PORT.server)),
  });
  expect(receive(error)).toEqual(["left_to_host"]);
  expect(d.dataplane.host.at(-1)!.bytes).toEqual(error);
});

test("too big about a tunnel's packet that may be cut is nobody's business", () => {
  const { receive, sent } = setUp(4, { method: "tunnel" });
  receive(request(4, { fragment: 0 }));
  sent();
  const about = buildWrapped(request(4, { fragment: 0 }), {
    type: "ipip",
    from: nets[4].own,
    to: nets[4].server,
  });
  const error = { from: "203.0.113.1", to: nets[4].own, type: 3, code: 4, rest: 1400, about };
  expect(receive(buildIcmpError(error))).toEqual(["core_too_big"]);
  expect(sent()).toEqual([]);
});

test("no broken ICMP error makes the core throw", () => {
  const seed = 792;
  const random = createRandom(seed);
  for (const method of ["masquerade", "tunnel"] as const) {
    const { receive } = setUp(4, { method }, { settings: { scheduleIcmp: true } });
    receive(request(4));
    const { server, client, vip, own } = nets[4];
    const errors = [
      buildIcmpError({ from: server, to: client, type: 3, about: quote(4, target(server, PORT.vip)) }),
      buildIcmpError({
        from: client,
        to: vip,
        type: 11,
        about: quote(4, { ...end(vip, 80), ...target(client, 40_000) }),
      }),
      buildIcmpError({
        from: server,
        to: own,
        type: 3,
        about: buildWrapped(request(4), { type: "ipip", from: own, to: server }),
      }),
    ];
    for (let round = 0; round < 1500; round++) {
      const error = errors[random(errors.length)]!.slice();
      for (let flips = random(3); flips > 0; flips--) error[random(error.length)] = random(256);
      const length = random(4) === 0 ? 1 + random(error.length) : error.length;
      expect(() => receive(error.subarray(0, length)), `seed ${seed}, round ${round}`).not.toThrow();
    }
  }
});
