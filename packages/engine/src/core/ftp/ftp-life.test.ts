/** How long connections of FTP live: the control connection, and what it announces. */
import { expect, test } from "vitest";
import { TcpState } from "../../protocols/tcp.ts";
import { LIFE } from "../layout.ts";
import { nets, openControl, PORT, text227 } from "./testing.ts";

const MINUTE_TICKS = 57_220;

test("a SYN on a closed control connection makes a new one", () => {
  const { fromClient, fromServer, records } = openControl();
  fromServer({ flags: "R", sequence: 5000, acknowledged: 1000 });
  expect(records()).toMatchObject([{ state: TcpState.close }]);
  fromClient({ flags: "S", sequence: 70_000 });
  expect(records()).toMatchObject([{ state: TcpState.synRecv }]);
});

test("a data connection that nobody makes ends after LISTEN's 120 s, and its control connection outlives it", () => {
  const { d, fromServer, records } = openControl();
  fromServer({ sequence: 5000, acknowledged: 1006, payload: text227(nets[4].server, 50_000) });
  d.pass(Math.floor(119e9 / 2 ** 20));
  expect(records()).toHaveLength(2);
  d.pass(Math.ceil(2e9 / 2 ** 20));
  expect(records()).toHaveLength(1);
});

test("a control connection that is over gives way to the client's next one, though a data connection hangs on it", () => {
  const { d, fromClient, fromServer, records } = openControl();
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
  const { d, fromClient } = openControl(4, "masquerade", { whenRemoved: "expire" });
  fromClient({ sequence: 1000, acknowledged: 5000, payload: "PORT 198,51,100,7,200,1\r\n" });
  d.configure([]);
  expect(fromClient({ sequence: 1025, acknowledged: 5000 })).toEqual([]);
  d.pass(4 * MINUTE_TICKS);
  expect(d.table.size).toBe(0);
});

test("a client that announces any number of data connections leaves room for others", () => {
  const { d, fromClient, through } = openControl();
  for (let port = 1024; port < 1424; port++)
    fromClient({ payload: `PORT 198,51,100,7,${port >>> 8},${port & 255}\r\n` });
  d.pass(1200); // what went rests before it is free
  const other = { fromPort: 50_000, to: nets[4].vip, toPort: PORT.control, flags: "S" };
  const syn = { ...other, from: "198.51.100.8", sequence: 1, acknowledged: 0, payload: "" };
  expect(through(syn)).toHaveLength(1);
});
