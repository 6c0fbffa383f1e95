import { expect, test } from "vitest";
import { createFlowCheck } from "./flow-check.ts";

type Reply = [text: string, atMs: number];
const fine = { moved: false, lost: false, wrong: false };

const cases: { name: string; replies: Reply[]; readMs: number; want: Partial<typeof fine> }[] = [
  {
    name: "is fine while one server answers",
    replies: [
      ["s1 7 1", 10],
      ["s1 7 2", 260],
    ],
    readMs: 300,
    want: {},
  },
  {
    name: "has moved when another server answers",
    replies: [
      ["s1 7 1", 10],
      ["s2 7 2", 260],
    ],
    readMs: 300,
    want: { moved: true },
  },
  {
    name: "has moved even if it moves back",
    replies: [
      ["s1 7 1", 1],
      ["s2 7 2", 2],
      ["s1 7 3", 3],
    ],
    readMs: 4,
    want: { moved: true },
  },
  { name: "is lost when nothing is heard", replies: [], readMs: 3001, want: { lost: true } },
  {
    name: "is lost when it was silent too long in between",
    replies: [["s1 7 1", 3500]],
    readMs: 3501,
    want: { lost: true },
  },
  { name: "is not lost before the timeout", replies: [["s1 7 1", 500]], readMs: 3500, want: {} },
  {
    name: "is wrong when it hears another flow's datagram",
    replies: [["s1 8 1", 10]],
    readMs: 20,
    want: { wrong: true },
  },
  {
    name: "is wrong when it hears what it has not sent",
    replies: [["s1 7 99", 10]],
    readMs: 20,
    want: { wrong: true },
  },
  { name: "is wrong when it hears noise", replies: [["", 10]], readMs: 20, want: { wrong: true } },
];
for (const c of cases) {
  test(`flow ${c.name}`, () => {
    const flow = createFlowCheck(7, 0, 3000);
    for (let i = 0; i < 10; i++) flow.send();
    for (const [text, atMs] of c.replies) flow.receive(text, atMs);
    expect(flow.read(c.readMs)).toEqual({ ...fine, ...c.want });
  });
}

test("flow remembers its server, but not its faults, across a reset", () => {
  const flow = createFlowCheck(7, 0, 3000);
  expect(flow.send()).toBe("7 1");
  flow.receive("s1 8 1", 1);
  flow.receive("s1 7 1", 1);
  flow.reset();
  expect(flow.read(2)).toEqual(fine);
  flow.receive("s2 7 1", 3);
  expect(flow.read(4)).toEqual({ ...fine, moved: true });
});
