import { expect, test } from "vitest";
import { createLineTails, type TailOf } from "./line-tails.ts";

const of: TailOf = { family: 4, index: 7, direction: 0, generation: 3 };

test("the next segment is read with the line that the last one broke off", () => {
  const tails = createLineTails();
  tails.keep(of, 100, { before: "", text: "USER x\r\nPO" });
  expect(tails.before(of, 110)).toBe("PO");
  tails.keep(of, 110, { before: "PO", text: "RT 1" });
  expect(tails.before(of, 114)).toBe("PORT 1");
  tails.keep(of, 114, { before: "PORT 1", text: ",2\r\n" });
  expect(tails.before(of, 118)).toBe("");
});

test("a segment that is sent again is read as it was the first time", () => {
  const tails = createLineTails();
  tails.keep(of, 100, { before: "", text: "PO" });
  tails.keep(of, 102, { before: "PO", text: "RT 1\r\n" });
  expect(tails.before(of, 102)).toBe("PO");
});

test("no other segment, direction, record or generation has a part in it", () => {
  const tails = createLineTails();
  tails.keep(of, 100, { before: "", text: "PO" });
  for (const other of [{ direction: 1 }, { index: 8 }, { family: 6 as const }, { generation: 5 }])
    expect(tails.before({ ...of, ...other }, 102)).toBe("");
  expect(tails.before(of, 103)).toBe("");
});

test("a line that is too long, and a connection too many, are forgotten", () => {
  const tails = createLineTails();
  tails.keep(of, 0, { before: "", text: "x".repeat(600) });
  expect(tails.before(of, 600)).toBe("");
  for (let index = 0; index <= 1024; index++) tails.keep({ ...of, index }, 0, { before: "", text: "PO" });
  expect(tails.before({ ...of, index: 0 }, 2)).toBe("");
  expect(tails.before({ ...of, index: 1 }, 2)).toBe("PO");
});
