import { parseAddress } from "@tandem/model";
import { expect, test } from "vitest";
import { buildIcmpError, buildPacket, packetProblems } from "../../packet/testing.ts";
import { createTestDirector, rowsOf, type TestDirector } from "../testing.ts";
import { A, B, CLIENT, type ClientPacket, connectFrom, sendFrom, web } from "../testing-clients.ts";

const dns = { ...web, protocol: "udp", port: 53, onePacket: true };
const ask: ClientPacket = { protocol: "udp", toPort: 53, fromPort: 5353, payload: "who?" };

function directorWith(services: object[], more?: object, options = {}): TestDirector {
  const d = createTestDirector(options);
  d.configure(services, more);
  return d;
}
const targetsOf = (d: TestDirector) =>
  rowsOf(d).map((r) => `${r.virtual}:${r.virtualPort} -> ${r.destination}:${r.destinationPort}`);

const methods: [string, object, string][] = [
  ["masquerade", { destinations: [{ address: A, port: 8080 }] }, "192.0.2.1:80 -> 10.0.0.1:8080"],
  ["direct route", { method: "direct-route", destinations: [{ address: A }] }, "192.0.2.1:80 -> 10.0.0.1:80"],
  ["a tunnel", { method: "tunnel", destinations: [{ address: A }] }, "192.0.2.1:80 -> 10.0.0.1:80"],
  [
    "a tunnel of the other family",
    { method: "tunnel", destinations: [{ address: "fd00::1" }] },
    "192.0.2.1:80 -> fd00::1:80",
  ],
  ["a port of the packet's own", { destinations: [{ address: A, port: 0 }] }, "192.0.2.1:80 -> 10.0.0.1:80"],
];
for (const [what, service, want] of methods) {
  test(`a connection is made for ${what}`, () => {
    const d = directorWith([{ ...web, ...service }]);
    sendFrom(d, CLIENT);
    expect(targetsOf(d)).toEqual([want]);
  });
}

const marked = { mark: 7, scheduler: "rr", destinations: [{ address: A }] };
const marks: [string, object, ClientPacket, string][] = [
  ["goes before the endpoint's", marked, { mark: 7 }, "192.0.2.1:80 -> 10.0.0.1:80"],
  ["takes every port", marked, { mark: 7, toPort: 81 }, "192.0.2.1:81 -> 10.0.0.1:81"],
  ["takes every address", marked, { mark: 7, to: "203.0.113.5" }, "203.0.113.5:80 -> 10.0.0.1:80"],
  [
    "may change the port",
    { ...marked, destinations: [{ address: A, port: 9000 }] },
    { mark: 7 },
    "192.0.2.1:80 -> 10.0.0.1:9000",
  ],
  ["is no one else's", marked, { mark: 8 }, "192.0.2.1:80 -> 10.0.0.2:80"],
];
for (const [what, service, packet, want] of marks) {
  test(`a firewall mark's service ${what}`, () => {
    const d = directorWith([{ ...web, destinations: [{ address: B }] }, service]);
    sendFrom(d, CLIENT, packet);
    expect(targetsOf(d)).toEqual([want]);
  });
}

test("what comes from FTP's data port is the host's", () => {
  const d = directorWith([web]);
  expect(sendFrom(d, CLIENT, { fromPort: 20 })).toBe("left_to_host");
  expect(d.dataplane.host).toHaveLength(1);
  expect(d.table.size).toBe(0);
});

for (const [family, service, client] of [
  [4, web, CLIENT],
  [6, { ...web, address: "2001:db8::1" }, "2001:db8:2::7"],
] as const) {
  test(`a client over IPv${family} is told that there is no destination`, () => {
    const d = directorWith([{ ...service, destinations: [] }]);
    expect(sendFrom(d, client)).toBe(client);
    const { bytes } = d.dataplane.sent[0]!;
    const at = family === 4 ? 20 : 40;
    expect([bytes[at], bytes[at + 1]]).toEqual(family === 4 ? [3, 3] : [1, 4]);
    expect(packetProblems(bytes)).toEqual([]);
    expect(d.table.size).toBe(0);
  });
}

test("FTP's data ports without a destination are the host's", () => {
  const d = directorWith([{ ...web, port: 21, persistence: {}, destinations: [] }]);
  expect(sendFrom(d, CLIENT, { toPort: 30_000 })).toBe("left_to_host");
  expect(sendFrom(d, CLIENT, { toPort: 21 })).toBe(CLIENT); // an ICMP error
});

test("a firewall mark's packets go to their own address, if nobody takes them and it is not this host's", () => {
  const own = parseAddress("203.0.113.9")!;
  const isOwn = (address: Uint8Array) => address.every((byte, i) => byte === own[i]);
  const sourceFor = (address: Uint8Array) => (isOwn(address) ? own : Uint8Array.of(10, 0, 0, 254));
  const d = directorWith(
    [{ ...marked, destinations: [] }],
    { settings: { cacheBypass: true } },
    { sourceFor },
  );
  expect(sendFrom(d, CLIENT, { mark: 7, to: "203.0.113.5" })).toBe("203.0.113.5");
  expect(rowsOf(d)).toMatchObject([{ method: 4, mark: 7, destinationId: 0 }]);
  expect(sendFrom(d, CLIENT, { mark: 7, to: "203.0.113.9" })).toBe(CLIENT);
  d.configure([{ ...marked, destinations: [] }]);
  expect(sendFrom(d, CLIENT, { mark: 7, to: "203.0.113.6" })).toBe(CLIENT);
});

const lists: [string, string][] = [
  [CLIENT, "denied"],
  ["203.0.113.1", A],
];
for (const [client, want] of lists) {
  test(`the first fragment of ${client} is ${want === A ? "served" : want}, as whole packets are`, () => {
    const d = directorWith([{ ...web, deny: ["198.51.100.0/24"], destinations: [{ address: A }] }]);
    expect(sendFrom(d, client, { fragment: 0x2000, payload: "1234" })).toBe(want);
  });
}

test("a fragment in the middle of a stream is dropped, as whole packets are, or left to the host", () => {
  const middle: ClientPacket = { flags: "A", fragment: 0x2000, payload: "1234" };
  expect(sendFrom(directorWith([web]), CLIENT, middle)).toBe("mid_stream");
  expect(sendFrom(directorWith([web], { settings: { midStream: "host" } }), CLIENT, middle)).toBe(
    "left_to_host",
  );
});

const alone: [string, object, (string | number)[]][] = [
  ["masquerade", { destinations: [{ address: A, port: 5353 }] }, [A, 5353, 63]],
  ["direct route", { method: "direct-route", destinations: [{ address: A }] }, [A, 53, 63]],
  ["the packet's own port", { destinations: [{ address: A, port: 0 }] }, [A, 53, 63]],
];
for (const [what, service, want] of alone) {
  test(`one-packet scheduling by ${what} leaves no connection and is counted`, () => {
    const d = directorWith([{ ...dns, ...service }]);
    for (let i = 0; i < 3; i++) {
      const way = sendFrom(d, CLIENT, ask);
      const { bytes } = d.dataplane.sent[0]!;
      expect([way, bytes[22]! * 256 + bytes[23]!, bytes[8]]).toEqual(want);
      expect(packetProblems(bytes)).toEqual([]);
    }
    expect(rowsOf(d)).toEqual([]);
    const { totals } = [...d.services.services][0]!.destinations[0]!;
    expect(totals).toMatchObject({ connections: 3, inPackets: 3, inBytes: 3 * 32 });
  });
}

test("one-packet scheduling through a tunnel wraps each datagram", () => {
  const d = directorWith([{ ...dns, method: "tunnel" }]);
  expect([sendFrom(d, CLIENT, ask), sendFrom(d, CLIENT, ask)]).toEqual([A, B]);
  const { bytes } = d.dataplane.sent[0]!;
  expect([bytes[9], bytes.length]).toEqual([4, 20 + 32]);
});

test("one-packet scheduling takes another method at once", () => {
  const d = directorWith([{ ...dns, method: "direct-route", destinations: [{ address: A }] }]);
  sendFrom(d, CLIENT, ask);
  d.configure([{ ...dns, method: "tunnel", destinations: [{ address: A }] }]);
  sendFrom(d, CLIENT, ask);
  expect(d.dataplane.sent[0]!.bytes[9]).toBe(4);
});

test("one-packet scheduling picks anew each time, with persistence once", () => {
  const d = directorWith([dns]);
  expect([1, 2, 3].map(() => sendFrom(d, CLIENT, ask))).toEqual([A, B, A]);
  d.configure([{ ...dns, persistence: { timeout: 60 } }]);
  const ways = [1, 2, 3].map((fromPort) => sendFrom(d, CLIENT, { ...ask, fromPort }));
  expect(new Set(ways).size).toBe(1);
  expect(rowsOf(d)).toMatchObject([{ isTemplate: true, protocol: 17 }]);
});

test("the way of one-packet packets ends when it is no longer used", () => {
  const d = directorWith([{ ...dns, method: "direct-route" }]);
  sendFrom(d, CLIENT, ask);
  sendFrom(d, CLIENT, ask);
  sendFrom(d, CLIENT, ask);
  expect(d.table.size).toBe(2); // one for each destination
  expect([...d.services.services][0]!.destinations.map((x) => x.persistent)).toEqual([0, 0]);
  d.pass(60_000);
  expect(d.table.size).toBe(0);
});

test("a datagram of one-packet scheduling whose TTL ends is answered", () => {
  const d = directorWith([dns]);
  expect(sendFrom(d, CLIENT, { ...ask, ttl: 1 })).toBe(CLIENT);
  expect(d.dataplane.sent[0]!.bytes[20]).toBe(11);
});

test("only datagrams of a firewall mark's service are scheduled by themselves", () => {
  const d = directorWith([{ ...marked, onePacket: true }]);
  sendFrom(d, CLIENT, { mark: 7 });
  sendFrom(d, CLIENT, { ...ask, mark: 7 });
  expect(rowsOf(d).map((r) => r.protocol)).toEqual([6]);
});

const fullNat = {
  ...web,
  method: "full-nat",
  sourceAddresses: ["192.0.2.200", "192.0.2.201"],
  destinations: [{ address: A, port: 8080 }],
};
test("full NAT draws a source for each connection, and knows its replies", () => {
  const d = directorWith([fullNat]);
  for (let fromPort = 1001; fromPort <= 1100; fromPort++) sendFrom(d, CLIENT, { fromPort });
  const rows = rowsOf(d);
  const sources = rows.map((r) => `${r.local}:${r.localPort}`);
  expect(new Set(sources).size).toBe(100);
  expect(new Set(rows.map((r) => r.local))).toEqual(new Set(fullNat.sourceAddresses));
  expect(rows.every((r) => r.localPort >= 1024 && r.localPort < 32_768)).toBe(true);
  const { local, localPort, clientPort } = rows[0]!;
  const reply = { fromPort: 8080, to: local, toPort: localPort, flags: "SA" };
  expect(sendFrom(d, A, reply)).toBe(CLIENT);
  const wanted = {
    protocol: "tcp",
    from: "192.0.2.1",
    fromPort: 80,
    to: CLIENT,
    toPort: clientPort,
  } as const;
  expect(d.dataplane.sent[0]!.bytes).toEqual(buildPacket({ ...wanted, flags: "SA", ttl: 63 }));
});

test("an ICMP error about nothing known makes a connection, by a setting", () => {
  const d = directorWith(
    [{ ...web, protocol: "udp", port: 93, method: "direct-route", destinations: [{ address: A }] }],
    {
      settings: { scheduleIcmp: true },
    },
  );
  const about = buildPacket({ protocol: "udp", from: "192.0.2.1", fromPort: 93, to: CLIENT, toPort: 4444 });
  d.receive(buildIcmpError({ from: "192.0.2.254", to: "192.0.2.1", type: 3, code: 4, about }));
  expect(rowsOf(d)).toMatchObject([{ client: CLIENT, clientPort: 4444, virtualPort: 93, destination: A }]);
});

test("a threshold keeps new connections off until enough have ended", () => {
  const d = directorWith([
    {
      ...web,
      destinations: [
        { address: A, upperThreshold: 2 },
        { address: B, upperThreshold: 2 },
      ],
    },
  ]);
  const ways = [1, 2, 3, 4, 5].map((i) => connectFrom(d, CLIENT, 1000 + i));
  expect(ways).toEqual([A, B, A, B, CLIENT]);
  sendFrom(d, CLIENT, { fromPort: 1001, flags: "R" });
  expect(connectFrom(d, CLIENT, 1006)).toBe(CLIENT); // closed, but not gone
  d.pass(12_000);
  expect(connectFrom(d, CLIENT, 1007)).toBe(A);
});
