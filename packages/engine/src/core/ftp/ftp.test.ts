import { expect, test } from "vitest";
import { buildSegment, readSegment, type Segment } from "../../packet/testing-segments.ts";
import { TcpState } from "../../protocols/tcp.ts";
import { LIFE, RECORD } from "../layout.ts";
import { createRandom } from "../random.ts";
import { isAlive, readField, stateOf } from "../record.ts";
import { createTestDirector } from "../testing.ts";

const nets = {
  4: { client: "198.51.100.7", vip: "203.0.113.100", server: "10.0.0.1", local: "10.0.0.200" },
  6: { client: "2001:db8:2::7", vip: "2001:db8::1", server: "fd00::1", local: "fd00::200" },
} as const;
const PORT = { client: 40_000, control: 21, server: 2121 };
const MINUTE_TICKS = 57_220;

type Method = "masquerade" | "full-nat";

/** A director with an FTP service and an established control connection; both ends speak from number 1000 and 5000 on. */
function setUp(family: 4 | 6 = 4, method: Method = "masquerade", more: object = {}) {
  const { client, vip, server, local } = nets[family];
  const d = createTestDirector({ capacity: 64 });
  d.configure([
    {
      protocol: "tcp",
      address: vip,
      port: PORT.control,
      method,
      helper: "ftp",
      ...(method === "full-nat" ? { sourceAddresses: [local] } : {}),
      destinations: [{ address: server, port: PORT.server }],
      ...more,
    },
  ]);
  const inside = { address: client as string, port: PORT.client };
  const through = (segment: Segment) => {
    d.dataplane.receive(1, buildSegment(segment));
    d.settle();
    return d.dataplane.sent.splice(0).map(({ bytes }) => bytes);
  };
  const rest = { sequence: 0, acknowledged: 0, payload: "", flags: "A" };
  const fromClient = (more: Partial<Segment>) =>
    through({ ...rest, from: client, fromPort: PORT.client, to: vip, toPort: PORT.control, ...more });
  const fromServer = (more: Partial<Segment>) =>
    through({
      ...rest,
      from: server,
      fromPort: PORT.server,
      to: inside.address,
      toPort: inside.port,
      ...more,
    });

  const [syn] = fromClient({ flags: "S", sequence: 999 });
  if (method === "full-nat") {
    inside.address = local;
    inside.port = readSegment(syn!).fromPort;
  }
  fromServer({ flags: "SA", sequence: 4999, acknowledged: 1000 });
  fromClient({ sequence: 1000, acknowledged: 5000 });
  /** Living records with their state's number. */
  const records = () => {
    const r = d.table.records[family];
    return Array.from({ length: r.capacity }, (_, i) => i)
      .filter((i) => isAlive(r, i))
      .map((index) => ({ index, state: stateOf(r, index), life: readField(r, index, RECORD.life) }));
  };
  return { d, fromClient, fromServer, through, records, inside };
}

const text227 = (address: string, port: number) =>
  `227 Entering Passive Mode (${address.replaceAll(".", ",")},${port >>> 8},${port & 255}).\r\n`;

for (const method of ["masquerade", "full-nat"] as const) {
  test(`passive FTP, ${method}: the client is told of the virtual address and reaches the server's port`, () => {
    const { client, vip, server } = nets[4];
    const { fromServer, through, records } = setUp(4, method);
    const [told] = fromServer({ sequence: 5000, acknowledged: 1006, payload: text227(server, 50_000) });
    expect(readSegment(told!)).toMatchObject({
      sequence: 5000,
      acknowledged: 1006,
      payload: text227(vip, 50_000),
    });
    expect(records()).toHaveLength(2);
    expect(records()[1]).toMatchObject({ state: TcpState.listen });
    expect(records()[1]!.life & LIFE.noClientPort).not.toBe(0);
    const data = { from: client, fromPort: 41_234, to: vip, toPort: 50_000, acknowledged: 0, payload: "" };
    const [syn] = through({ ...data, flags: "S", sequence: 77 });
    expect(readSegment(syn!)).toMatchObject({ toPort: 50_000, sequence: 77 });
    expect(records()[1]).toMatchObject({ state: TcpState.synRecv });
    expect(records()[1]!.life & LIFE.noClientPort).toBe(0);
    const answer = {
      ...data,
      from: server,
      fromPort: 50_000,
      to: method === "full-nat" ? nets[4].local : client,
    };
    const [reply] = through({
      ...answer,
      toPort: readSegment(syn!).fromPort,
      flags: "SA",
      sequence: 7,
      acknowledged: 78,
    });
    expect(readSegment(reply!)).toMatchObject({ fromPort: 50_000, toPort: 41_234 });
  });

  test(`active FTP, ${method}: the server reaches the client's port from port 20`, () => {
    const { client, server } = nets[4];
    const { fromClient, through, records, inside } = setUp(4, method);
    const [told] = fromClient({
      sequence: 1000,
      acknowledged: 5000,
      payload: "PORT 198,51,100,7,156,65\r\n",
    });
    const [, a, b, c, d4, high, low] = /PORT (\d+),(\d+),(\d+),(\d+),(\d+),(\d+)\r\n/.exec(
      readSegment(told!).payload,
    )!;
    const reached = { to: [a, b, c, d4].join("."), toPort: Number(high) * 256 + Number(low) };
    expect(reached.to).toBe(inside.address);
    if (method === "masquerade") expect(reached.toPort).toBe(40_001);
    expect(records()[1]).toMatchObject({ state: TcpState.listen });
    const data = { from: server, fromPort: PORT.server - 1, ...reached, payload: "" };
    const [syn] = through({ ...data, flags: "S", sequence: 77, acknowledged: 0 });
    expect(readSegment(syn!)).toMatchObject({ fromPort: 20, toPort: 40_001 });
    expect(syn!.subarray(16, 20)).toEqual(Uint8Array.from(client.split("."), Number));
  });
}

test("passive FTP opens no privileged port of the server, whatever it says", () => {
  const { vip, server } = nets[4];
  const { fromServer, records } = setUp(4, "masquerade");
  for (const [port, connections] of [
    [22, 1],
    [1023, 1],
    [1024, 2],
  ] as const) {
    const [told] = fromServer({ sequence: 5000, acknowledged: 1006, payload: text227(server, port) });
    const said = readSegment(told!).payload;
    expect([said === text227(vip, port), records().length]).toEqual([connections === 2, connections]);
  }
});

test("extended passive FTP over IPv6 needs no other text", () => {
  const { client, vip } = nets[6];
  const { fromServer, through, records } = setUp(6);
  const said = "229 Entering Extended Passive Mode (|||50000|)\r\n";
  const [told] = fromServer({ sequence: 5000, acknowledged: 1006, payload: said });
  expect(readSegment(told!).payload).toBe(said);
  expect(records()).toHaveLength(2);
  const syn = {
    from: client,
    fromPort: 41_234,
    to: vip,
    toPort: 50_000,
    flags: "S",
    sequence: 1,
    acknowledged: 0,
  };
  expect(readSegment(through({ ...syn, payload: "" })[0]!).toPort).toBe(50_000);
});

test("EPRT over IPv6 under full NAT names the local endpoint", () => {
  const { fromClient } = setUp(6, "full-nat");
  const [told] = fromClient({
    sequence: 1000,
    acknowledged: 5000,
    payload: "EPRT |2|2001:db8:2::7|40001|\r\n",
  });
  expect(readSegment(told!).payload).toMatch(/^EPRT \|2\|fd00::200\|\d+\|\r\n$/);
});

test("a port that another server has announced to the same client gives way to another one", () => {
  const { d, fromServer, through } = setUp();
  const { client, vip, server } = nets[4];
  const other = "10.0.0.2";
  fromServer({ sequence: 5000, acknowledged: 1006, payload: text227(server, 50_000) });
  const control = { protocol: "tcp", address: vip, port: PORT.control, helper: "ftp" };
  const port = PORT.server;
  d.configure([
    {
      ...control,
      destinations: [
        { address: server, port, weight: 0 },
        { address: other, port },
      ],
    },
  ]);
  const second = {
    from: client,
    fromPort: 40_002,
    to: vip,
    toPort: PORT.control,
    acknowledged: 0,
    payload: "",
  };
  through({ ...second, flags: "S", sequence: 1 });
  const reply = { from: other, fromPort: port, to: client, toPort: 40_002, flags: "A", acknowledged: 2 };
  const [told] = through({ ...reply, sequence: 1, payload: text227(other, 50_000) });
  const [, high, low] = /,(\d+),(\d+)\)/.exec(readSegment(told!).payload)!;
  const virtual = Number(high) * 256 + Number(low);
  expect(virtual).not.toBe(50_000);
  const data = {
    from: client,
    fromPort: 41_234,
    to: vip,
    flags: "S",
    sequence: 1,
    acknowledged: 0,
    payload: "",
  };
  const ends = [50_000, virtual].map((toPort) =>
    through({ ...data, toPort })[0]!
      .subarray(16, 20)
      .join("."),
  );
  expect(ends).toEqual([server, other]);
});

const unchanged = [
  { name: "a client that names another host", payload: "PORT 192,0,2,9,156,65\r\n" },
  { name: "an address that is none", payload: "PORT 198,51,100,300,156,65\r\n" },
  { name: "another family's form", payload: "EPRT |2|2001:db8::7|40001|\r\n" },
  { name: "a line without an end", payload: "PORT 198,51,100,7,156,65" },
];
for (const { name, payload } of unchanged) {
  test(`FTP: ${name} makes no data connection`, () => {
    const { fromClient, records } = setUp();
    const [sent] = fromClient({ sequence: 1000, acknowledged: 5000, payload });
    expect(readSegment(sent!).payload).toBe(payload);
    expect(records()).toHaveLength(1);
  });
}

test("a command that comes in two segments makes its data connection", () => {
  const { fromClient, records } = setUp();
  fromClient({ sequence: 1000, acknowledged: 5000, payload: "PORT 198,51,1" });
  fromClient({ sequence: 1013, acknowledged: 5000, payload: "00,7,156,65\r\n" });
  expect(records()).toHaveLength(2);
});

test("a SYN on a closed control connection makes a new one", () => {
  const { fromClient, fromServer, records } = setUp();
  fromServer({ flags: "R", sequence: 5000, acknowledged: 1000 });
  expect(records()).toMatchObject([{ state: TcpState.close }]);
  fromClient({ flags: "S", sequence: 70_000 });
  expect(records()).toMatchObject([{ state: TcpState.synRecv }]);
});

test("a data connection that nobody makes ends after LISTEN's 120 s, and its control connection outlives it", () => {
  const { d, fromServer, records } = setUp();
  fromServer({ sequence: 5000, acknowledged: 1006, payload: text227(nets[4].server, 50_000) });
  d.pass(Math.floor(119e9 / 2 ** 20));
  expect(records()).toHaveLength(2);
  d.pass(Math.ceil(2e9 / 2 ** 20));
  expect(records()).toHaveLength(1);
});

/** One side's stream as the other side puts it together by its numbers. */
function createReceiver(next: number) {
  const bytes = new Map<number, string>();
  return {
    take({ sequence, payload }: { sequence: number; payload: string }) {
      for (const [i, c] of [...payload].entries()) {
        const at = sequence + i;
        if (bytes.has(at)) expect(c, `byte ${at}`).toBe(bytes.get(at));
        bytes.set(at, c);
      }
    },
    /** What has come without a gap, and the number behind it. */
    stream() {
      let text = "";
      let at = next;
      for (; bytes.has(at); at++) text += bytes.get(at);
      return { text, next: at };
    },
  };
}

test("both streams stay whole through any segments, losses and repetitions", () => {
  const seed = 959;
  const random = createRandom(seed);
  for (let round = 0; round < 60; round++) {
    const method: Method = round % 2 === 0 ? "full-nat" : "masquerade";
    const { fromClient, fromServer } = setUp(4, method);
    const sides = {
      client: { said: "", number: 1000, receiver: createReceiver(5000), send: fromClient },
      server: { said: "", number: 5000, receiver: createReceiver(1000), send: fromServer },
    };
    for (let i = 0; i < 30; i++) {
      const [own, other] = random(2) === 0 ? [sides.client, sides.server] : [sides.server, sides.client];
      const isClient = own === sides.client;
      const line = isClient
        ? ["NOOP\r\n", `PORT 198,51,100,7,156,${random(256)}\r\n`, "PASV\r\n"][random(3)]!
        : ["200 ok\r\n", text227(nets[4].server, 50_000 + random(100)), "226 done\r\n"][random(3)]!;
      const sequence = own.number + own.said.length;
      own.said += line;
      for (let copies = 1 + (random(4) === 0 ? 1 : 0); copies > 0; copies--) {
        const acknowledged = own.receiver.stream().next;
        const where = `seed ${seed}, round ${round}, step ${i}`;
        const packets = own.send({ sequence, acknowledged, payload: line });
        expect(packets, where).toHaveLength(1);
        const got = readSegment(packets[0]!);
        if (random(8) > 0) other.receiver.take(got);
        // the peer is told of exactly what it has sent
        expect(got.acknowledged - other.number, where).toBe(other.said.length - lost(other, own));
      }
      if (lost(own, other) > 0) {
        // sent again, as it was
        const again = own.send({ sequence, acknowledged: own.receiver.stream().next, payload: line });
        other.receiver.take(readSegment(again[0]!));
      }
    }
    const { text } = sides.client.receiver.stream();
    expect(text.replaceAll("203,0,113,100", "10,0,0,1")).toBe(sides.server.said);
    const heard = sides.server.receiver.stream().text.replaceAll(/PORT [\d,]+/g, "PORT");
    expect(heard).toBe(sides.client.said.replaceAll(/PORT [\d,]+/g, "PORT"));
  }
});

test("a control connection that is over gives way to the client's next one, though a data connection hangs on it", () => {
  const { d, fromClient, fromServer, records } = setUp();
  fromClient({ sequence: 1000, acknowledged: 5000, payload: "PORT 198,51,100,7,200,1\r\n" });
  fromClient({ flags: "R", sequence: 1025, acknowledged: 5000 });
  expect(fromClient({ flags: "S", sequence: 7000 })).toHaveLength(1);
  fromServer({ flags: "SA", sequence: 9000, acknowledged: 7001 });
  fromClient({ sequence: 7001, acknowledged: 9001 });
  expect(records().filter(({ life }) => (life & LIFE.template) === 0)).toHaveLength(2);
  for (let minute = 0; minute < 6; minute++) d.pass(MINUTE_TICKS);
  expect(records().map(({ state }) => state)).toEqual([TcpState.established]);
  expect(fromClient({ sequence: 7001, acknowledged: 9001 })).toHaveLength(1);
  expect(fromServer({ sequence: 9001, acknowledged: 7001 })).toHaveLength(1);
});

test("a control connection ends with its destination, whatever hangs on it", () => {
  const { d, fromClient } = setUp(4, "masquerade", { whenRemoved: "expire" });
  fromClient({ sequence: 1000, acknowledged: 5000, payload: "PORT 198,51,100,7,200,1\r\n" });
  d.configure([]);
  expect(fromClient({ sequence: 1025, acknowledged: 5000 })).toEqual([]);
  d.pass(4 * MINUTE_TICKS);
  expect(d.table.size).toBe(0);
});

test("no data connection is announced over full NAT that has no local address any more", () => {
  const { vip, server } = nets[4];
  const { d, fromServer, records } = setUp(4, "full-nat");
  const destinations = [{ address: server, port: PORT.server }];
  d.configure([{ protocol: "tcp", address: vip, port: PORT.control, helper: "ftp", destinations }]);
  const said = text227(server, 50_000);
  expect(readSegment(fromServer({ sequence: 5000, acknowledged: 1006, payload: said })[0]!).payload).toBe(
    said,
  );
  expect(records()).toHaveLength(1);
});

test("a client that announces any number of data connections leaves room for others", () => {
  const { d, fromClient, through } = setUp();
  for (let port = 1024; port < 1424; port++)
    fromClient({ payload: `PORT 198,51,100,7,${port >>> 8},${port & 255}\r\n` });
  d.pass(1200); // what went rests before it is free
  const other = { fromPort: 50_000, to: nets[4].vip, toPort: PORT.control, flags: "S" };
  const syn = { ...other, from: "198.51.100.8", sequence: 1, acknowledged: 0, payload: "" };
  expect(through(syn)).toHaveLength(1);
});

interface Side {
  said: string;
  receiver: ReturnType<typeof createReceiver>;
}

/** Bytes of the last line of `sender` that have not come. */
function lost(sender: Side, receiver: Side): number {
  const lines = sender.said.split("\r\n").length - 1;
  const come = receiver.receiver.stream().text.split("\r\n").length - 1;
  return lines === come
    ? 0
    : sender.said.length - sender.said.lastIndexOf("\r\n", sender.said.length - 3) - 2;
}

test("no payload makes the helper throw", () => {
  const seed = 2577;
  const random = createRandom(seed);
  const lines = [
    "PORT 198,51,100,7,1,2\r\n",
    "EPRT |1|198.51.100.7|9|\r\n",
    text227(nets[4].server, 9),
    "229 x (|||9|)\r\n",
  ];
  const { fromClient, fromServer } = setUp(4, "full-nat");
  for (let round = 0; round < 1000; round++) {
    const bytes = Buffer.from(lines[random(lines.length)]! + lines[random(lines.length)]!);
    for (let flips = random(4); flips > 0; flips--) bytes[random(bytes.length)] = random(256);
    const payload = bytes.subarray(random(5), bytes.length - random(5)).toString("latin1");
    const numbers = { sequence: random(2 ** 32), acknowledged: random(2 ** 32) };
    const send = random(2) === 0 ? fromClient : fromServer;
    expect(() => send({ ...numbers, payload }), `seed ${seed}, round ${round}`).not.toThrow();
  }
});
