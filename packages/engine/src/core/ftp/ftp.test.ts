import { expect, test } from "vitest";
import { readSegment } from "../../packet/testing-segments.ts";
import { TcpState } from "../../protocols/tcp.ts";
import { LIFE } from "../layout.ts";
import { nets, openControl, PORT, text227 } from "./testing.ts";

for (const method of ["masquerade", "full-nat"] as const) {
  test(`passive FTP, ${method}: the client is told of the virtual address and reaches the server's port`, () => {
    const { client, vip, server } = nets[4];
    const { fromServer, through, records } = openControl(4, method);
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
    const { fromClient, through, records, inside } = openControl(4, method);
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
  const { fromServer, records } = openControl(4, "masquerade");
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
  const { fromServer, through, records } = openControl(6);
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
  const { fromClient } = openControl(6, "full-nat");
  const [told] = fromClient({
    sequence: 1000,
    acknowledged: 5000,
    payload: "EPRT |2|2001:db8:2::7|40001|\r\n",
  });
  expect(readSegment(told!).payload).toMatch(/^EPRT \|2\|fd00::200\|\d+\|\r\n$/);
});

test("a port that another server has announced to the same client gives way to another one", () => {
  const { d, fromServer, through } = openControl();
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
    const { fromClient, records } = openControl();
    const [sent] = fromClient({ sequence: 1000, acknowledged: 5000, payload });
    expect(readSegment(sent!).payload).toBe(payload);
    expect(records()).toHaveLength(1);
  });
}

test("a command that comes in two segments makes its data connection", () => {
  const { fromClient, records } = openControl();
  fromClient({ sequence: 1000, acknowledged: 5000, payload: "PORT 198,51,1" });
  fromClient({ sequence: 1013, acknowledged: 5000, payload: "00,7,156,65\r\n" });
  expect(records()).toHaveLength(2);
});

test("no data connection is announced over full NAT that has no local address any more", () => {
  const { vip, server } = nets[4];
  const { d, fromServer, records } = openControl(4, "full-nat");
  const destinations = [{ address: server, port: PORT.server }];
  d.configure([{ protocol: "tcp", address: vip, port: PORT.control, helper: "ftp", destinations }]);
  const said = text227(server, 50_000);
  expect(readSegment(fromServer({ sequence: 5000, acknowledged: 1006, payload: said })[0]!).payload).toBe(
    said,
  );
  expect(records()).toHaveLength(1);
});
