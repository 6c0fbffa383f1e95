import { expect, test } from "vitest";
import { buildPacket } from "../../packet/testing.ts";
import { createTestDirector, rowsOf, type TestDirector } from "../testing.ts";
import { A, B, connectFrom, sendFrom, web } from "../testing-clients.ts";

const TICKS_PER_SECOND = 1e9 / 2 ** 20;
const C = "10.0.0.3";
/** Round robin starts with the first; one minute. */
const persistent = {
  ...web,
  persistence: { timeout: 60 },
  destinations: [...web.destinations, { address: C }],
};

function directorWith(services: object[], more?: object): TestDirector {
  const d = createTestDirector();
  d.configure(services, more);
  return d;
}

/** Templates as operators see them: protocol, client, virtual, destination, state, seconds left. */
const templatesOf = (d: TestDirector) =>
  rowsOf(d)
    .filter((r) => r.isTemplate)
    .map((r) =>
      [
        r.protocol,
        `${r.client}:${r.clientPort}`,
        `${r.virtual}:${r.virtualPort}`,
        `${r.destination}:${r.destinationPort}`,
        r.state,
        r.expiresInSeconds,
      ].join(" "),
    );
const pass = (d: TestDirector, seconds: number) => {
  for (let s = 0; s < seconds; s++) d.pass(Math.round(TICKS_PER_SECOND));
};

test("a client stays with its destination, others are scheduled", () => {
  const d = directorWith([persistent]);
  expect(connectFrom(d, "198.51.100.7", 1001)).toBe(A);
  expect(connectFrom(d, "198.51.100.8", 1001)).toBe(B);
  expect(connectFrom(d, "198.51.100.7", 1002)).toBe(A);
  expect(connectFrom(d, "198.51.100.8", 1002)).toBe(B);
  expect([...d.services.services][0]!.destinations.map((x) => [x.persistent, x.active])).toEqual([
    [1, 2],
    [1, 2],
    [0, 0],
  ]);
});

const prefixes: [string, object, string, string, string][] = [
  [
    "IPv4 /24",
    { ...persistent, persistence: { prefix: 24 } },
    "198.51.100.7",
    "198.51.100.200",
    "198.51.101.7",
  ],
  [
    "IPv4 mask, not a leading",
    { ...persistent, persistence: { mask: "0.0.0.3" } },
    "198.51.100.7",
    "203.0.113.11",
    "198.51.100.8",
  ],
  [
    "IPv6 /64",
    {
      ...persistent,
      address: "2001:db8::1",
      persistence: { prefix: 64 },
      destinations: [{ address: "fd00::1" }, { address: "fd00::2" }],
    },
    "2001:db8:2:1::7",
    "2001:db8:2:1:ffff::8",
    "2001:db8:2:2::7",
  ],
];
for (const [what, service, one, near, far] of prefixes) {
  test(`clients of one ${what} prefix stay together`, () => {
    const d = directorWith([service]);
    const first = connectFrom(d, one, 1001);
    expect(connectFrom(d, near, 1002)).toBe(first);
    expect(connectFrom(d, far, 1003)).not.toBe(first);
  });
}

const groups: [string, object, { toPort: number; mark?: number }[], string][] = [
  ["its own port", persistent, [{ toPort: 80 }], `6 198.51.100.7:0 192.0.2.1:80 ${A}:80 NONE 59`],
  [
    "every port",
    { ...persistent, port: 0 },
    [{ toPort: 80 }, { toPort: 443 }],
    `6 198.51.100.7:0 192.0.2.1:0 ${A}:0 NONE 59`,
  ],
  [
    "FTP's control and data ports",
    { ...persistent, port: 21, method: "direct-route" },
    [{ toPort: 21 }, { toPort: 20 }, { toPort: 30_000 }],
    `6 198.51.100.7:0 192.0.2.1:0 ${A}:0 NONE 59`,
  ],
  [
    "a firewall mark",
    { mark: 7, scheduler: "rr", persistence: { timeout: 60 }, destinations: persistent.destinations },
    [
      { toPort: 80, mark: 7 },
      { toPort: 81, mark: 7 },
    ],
    `0 198.51.100.7:0 0.0.0.7:0 ${A}:0 NONE 59`,
  ],
];
for (const [what, service, packets, want] of groups) {
  test(`one template stands for ${what}`, () => {
    const d = directorWith([service]);
    for (const [i, packet] of packets.entries())
      expect(sendFrom(d, "198.51.100.7", { fromPort: 1001 + i, ...packet })).toBe(A);
    expect(templatesOf(d)).toEqual([want]);
    expect(
      rowsOf(d)
        .filter((r) => !r.isTemplate)
        .map((r) => r.destinationPort),
    ).toEqual(packets.map((p) => p.toPort));
  });
}

test("unprivileged ports are not those of an FTP service without persistence", () => {
  const d = directorWith([{ ...persistent, port: 21, persistence: undefined }]);
  expect(sendFrom(d, "198.51.100.7", { toPort: 30_000 })).toBe("not_ours");
});

test("a connection that was established and closed between two looks proves its client all the same", () => {
  const d = directorWith([persistent]);
  sendFrom(d, "198.51.100.7", { fromPort: 1001 });
  const ends = {
    protocol: "tcp",
    from: "198.51.100.7",
    fromPort: 1001,
    to: web.address,
    toPort: web.port,
  } as const;
  for (const flags of ["A", "FA"]) d.dataplane.receive(1, buildPacket({ ...ends, flags }));
  expect(templatesOf(d)[0]).toContain("NONE");
  d.settle();
  expect(rowsOf(d).find((r) => !r.isTemplate)?.state).not.toBe("ESTABLISHED");
  expect(templatesOf(d)[0]).toContain("ASSURED");
});

test("a template is renewed by new connections alone, outlives its time while connections hang on it, and ends then", () => {
  const d = directorWith([{ ...persistent, persistence: { timeout: 3 } }]);
  connectFrom(d, "198.51.100.7", 1001);
  const seconds = () => templatesOf(d).map((t) => Number(t.split(" ").at(-1)));
  pass(d, 2);
  sendFrom(d, "198.51.100.7", { fromPort: 1001, flags: "A" });
  expect(seconds()).toEqual([0]); // 0.99
  pass(d, 2);
  expect(seconds()[0]).toBeGreaterThanOrEqual(58); // put off by a minute
  expect(templatesOf(d)[0]).toContain("ASSURED");
  pass(d, 5);
  connectFrom(d, "198.51.100.7", 1002);
  expect(seconds()).toEqual([59]); // from now on its time is that minute
  for (const fromPort of [1001, 1002]) sendFrom(d, "198.51.100.7", { fromPort, flags: "R" });
  pass(d, 12);
  expect([rowsOf(d).length, seconds()[0]]).toEqual([1, 47]);
  pass(d, 50);
  expect(d.table.size).toBe(0);
});

test("a template whose client never completed a handshake goes with its last connection", () => {
  const d = directorWith([persistent]);
  sendFrom(d, "198.51.100.7");
  d.connections.close(4, 1, d.clock.now);
  expect(rowsOf(d)).toEqual([]);
  connectFrom(d, "198.51.100.7", 1001);
  const connection = rowsOf(d).findIndex((r) => !r.isTemplate);
  d.connections.close(4, connection, d.clock.now);
  expect(templatesOf(d)).toHaveLength(1);
});

test("a template whose client never completed a handshake has its whole time, if its connection just expires", () => {
  const d = directorWith([{ ...persistent, persistence: { timeout: 300 } }]);
  sendFrom(d, "198.51.100.7");
  pass(d, 70);
  expect(rowsOf(d).map((r) => [r.isTemplate, r.expiresInSeconds])).toEqual([[true, 229]]);
});

const down = new Set([2]);
const answers: [string, { change: (d: TestDirector) => void; settings?: object }, string][] = [
  [
    "whose destination is quiesced still leads there",
    { change: (d) => d.believe({ weights: new Map([[2, 0]]) }) },
    A,
  ],
  [
    "whose destination is quiesced leads nowhere, by a setting",
    { change: (d) => d.believe({ weights: new Map([[2, 0]]) }), settings: { expireQuiescentTemplate: true } },
    B,
  ],
  [
    "whose destination is down leads nowhere",
    { change: (d) => d.believe({ weights: new Map([[2, 0]]), down }) },
    B,
  ],
  [
    "whose destination is removed leads nowhere",
    { change: (d) => d.configure([{ ...persistent, destinations: [{ address: B }] }]) },
    B,
  ],
  [
    "whose destination is full still leads there",
    { change: (d) => ([...d.services.services][0]!.destinations[0]!.overloaded = true) },
    A,
  ],
];
for (const [what, { change, settings }, want] of answers) {
  test(`a template ${what}`, () => {
    const d = directorWith([persistent], { settings: settings ?? {} });
    connectFrom(d, "198.51.100.7", 1001);
    change(d);
    expect(connectFrom(d, "198.51.100.7", 1002)).toBe(want);
    expect(connectFrom(d, "198.51.100.7", 1003)).toBe(want);
    if (want === A) expect(templatesOf(d)).toHaveLength(1);
    else
      expect(
        templatesOf(d)
          .map((t) => t.split(" ")[2])
          .toSorted(),
      ).toEqual(["192.0.2.1:65535", "192.0.2.1:80"]);
  });
}

test("datagrams prove a client when they are answered", () => {
  const d = directorWith([{ ...persistent, protocol: "udp", port: 53 }]);
  const ask = { protocol: "udp", toPort: 53, fromPort: 5353 } as const;
  sendFrom(d, "198.51.100.7", ask);
  sendFrom(d, "198.51.100.7", ask);
  expect(templatesOf(d)[0]).toContain("NONE");
  sendFrom(d, A, { protocol: "udp", fromPort: 53, to: "198.51.100.7", toPort: 5353 });
  d.connections.reviewAll();
  d.pass(0);
  expect(templatesOf(d)[0]).toContain("ASSURED");
});

test("a client that sends from port 0 is no template", () => {
  const d = directorWith([{ ...persistent, protocol: "udp", port: 53 }]);
  const ask = { protocol: "udp", toPort: 53, fromPort: 0 } as const;
  expect(sendFrom(d, "198.51.100.7", ask)).toBe(A);
  expect(rowsOf(d)).toHaveLength(2);
  expect(sendFrom(d, "198.51.100.7", ask)).toBe(A);
  expect(rowsOf(d)).toHaveLength(2);
});

test("a template in the record of one whose end was put off has its own time", () => {
  const d = createTestDirector({ capacity: 16 });
  d.configure([{ ...persistent, persistence: { timeout: 3 } }]);
  connectFrom(d, "198.51.100.7", 1001);
  pass(d, 5);
  sendFrom(d, "198.51.100.7", { fromPort: 1001, flags: "R" });
  pass(d, 75);
  expect(d.table.size).toBe(0);
  d.configure([{ ...persistent, persistence: { timeout: 300 } }]);
  for (let client = 1; client <= 2; client++) sendFrom(d, `198.51.100.${client}`);
  expect(
    rowsOf(d)
      .filter((r) => r.isTemplate)
      .map((r) => r.expiresInSeconds),
  ).toEqual([299, 299]);
});
