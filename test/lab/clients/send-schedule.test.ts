import { expect, test } from "vitest";
import { createSendSchedule } from "./send-schedule.ts";

function sendsAt(times: number[], senders = 10, intervalMs = 100): number[][] {
  const sendDue = createSendSchedule(senders, intervalMs, 1000);
  return times.map((nowMs) => {
    const sent: number[] = [];
    sendDue(nowMs, (sender) => sent.push(sender));
    return sent;
  });
}

const cases = [
  { name: "spreads senders over the interval", times: [1000, 1010, 1030, 1035], want: [[], [0], [1, 2], []] },
  {
    name: "goes round",
    times: [1090, 1120],
    want: [
      [0, 1, 2, 3, 4, 5, 6, 7, 8],
      [9, 0, 1],
    ],
  },
  {
    name: "sends once each after a long pause",
    times: [1010, 5010],
    want: [[0], [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]],
  },
];
for (const c of cases) {
  test(`schedule ${c.name}`, () => expect(sendsAt(c.times)).toEqual(c.want));
}

test("schedule keeps the rate whatever the ticks", () => {
  const times = Array.from({ length: 300 }, (_, i) => 1000 + i * 7.3);
  const sent = sendsAt([...times, 3190], 1000, 250).flat();
  expect(sent.length).toBe(Math.floor((2190 / 250) * 1000));
});
