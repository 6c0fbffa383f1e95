import { expect, test } from "vitest";
import { SctpState } from "./sctp.ts";
import { TcpState } from "./tcp.ts";
import { createTimeouts, DEFAULT_TIMEOUTS } from "./timeouts.ts";

const inTicks = (seconds: number): number => Math.round((seconds * 1e9) / 2 ** 20);

test("timeouts are ticks of 2^20 ns, the protocol's own where nobody says otherwise", () => {
  expect(DEFAULT_TIMEOUTS(6, TcpState.established)).toBe(858_307); // 900 s
  expect(DEFAULT_TIMEOUTS(17, 2)).toBe(286_102); // 300 s
  expect(DEFAULT_TIMEOUTS(132, SctpState.cookieWait)).toBe(inTicks(61));
});

test("timeouts of a number that is no state are those of state 0", () => {
  expect(DEFAULT_TIMEOUTS(6, 15)).toBe(DEFAULT_TIMEOUTS(6, TcpState.none));
});

test("timeouts end where ticks no longer tell them from the past", () => {
  const timeouts = createTimeouts({ udp: { lasting: 2_678_400 } });
  expect(timeouts(17, 2)).toBe(inTicks(2_147_483));
});

test("timeouts of a service count more than those of the settings, state by state", () => {
  const timeouts = createTimeouts(
    { tcp: { established: 100, finWait: 20 }, udp: { lasting: 30 } },
    { tcp: { established: 7.5 }, sctp: { established: 5 } },
  );
  expect(timeouts(6, TcpState.established)).toBe(inTicks(7.5));
  expect(timeouts(6, TcpState.finWait)).toBe(inTicks(20));
  expect(timeouts(6, TcpState.synRecv)).toBe(DEFAULT_TIMEOUTS(6, TcpState.synRecv));
  expect(timeouts(17, 2)).toBe(inTicks(30));
  expect(timeouts(132, SctpState.established)).toBe(inTicks(5));
});
