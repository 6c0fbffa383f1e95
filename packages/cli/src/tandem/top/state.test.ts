import { expect, test } from "vitest";
import { fakeServices } from "../../testing/fake-services.ts";
import { manyServices } from "../../testing/many-services.ts";
import { readKeys } from "./keys.ts";
import { rowsOf } from "./rows.ts";
import { INITIAL, press, type TopState } from "./state.ts";

const PAGE = 10;

/** The state after these keys. */
const after = (keys: string, state: TopState = { ...INITIAL, services: fakeServices }): TopState =>
  readKeys(keys).reduce((s, key) => press(s, key, PAGE), state);

const rows = (keys: string) => rowsOf(after(keys)).map(({ key }) => key);

const lists: { keys: string; want: string[] }[] = [
  { keys: "", want: ["1", "5", "7"] },
  { keys: "\r", want: ["1", "1/2", "1/3", "1/4", "5", "7"] },
  { keys: "\r\r", want: ["1", "5", "7"] },
  { keys: "\rjj\u001b[D", want: ["1", "5", "7"] },
  { keys: "\u001b[C\u001b[C", want: ["1", "1/2", "1/3", "1/4", "5", "7"] },
  { keys: "a", want: ["1", "1/2", "1/3", "1/4", "5", "5/6", "7"] },
  { keys: "aa", want: ["1", "5", "7"] },
  { keys: "r", want: ["7", "5", "1"] },
  { keys: "sssss", want: ["1", "5", "7"] },
  { keys: "sssssr", want: ["5", "7", "1"] },
  { keys: "S", want: ["1", "5", "7"] },
  { keys: "/53", want: ["5"] },
  { keys: "/UDP\r", want: ["5"] },
  { keys: "/10.0.0.3\r", want: ["1"] },
  { keys: "/53\u001b", want: ["1", "5", "7"] },
  { keys: "/5x\u007f", want: ["5"] },
  { keys: "/none", want: [] },
];
for (const { keys, want } of lists) {
  test(`after ${JSON.stringify(keys)} the rows are ${want.join(" ") || "none"}`, () =>
    expect(rows(keys)).toEqual(want));
}

const moves: { keys: string; chosen: string }[] = [
  { keys: "j", chosen: "5" },
  { keys: "jk", chosen: "1" },
  { keys: "k", chosen: "1" },
  { keys: "jjjjj", chosen: "7" },
  { keys: "\u001b[6~", chosen: "7" },
  { keys: "\u001b[F\u001b[5~", chosen: "1" },
  { keys: "G\u001b[F\u001b[H", chosen: "1" },
  { keys: "\rj", chosen: "1/2" },
  { keys: "\rj\r", chosen: "1" },
  { keys: "js", chosen: "" },
];
for (const { keys, chosen } of moves) {
  test(`after ${JSON.stringify(keys)} the row ${chosen || "on top"} is chosen`, () =>
    expect(after(keys).chosen).toBe(chosen));
}

test("the chosen row stays chosen when others come before it, and the first one is when it is gone", () => {
  const state = after("j");
  expect(press({ ...state, services: fakeServices.toReversed() }, "j", PAGE).chosen).toBe("1");
  expect(press({ ...state, services: fakeServices.slice(2) }, "\r", PAGE).chosen).toBe("5");
});

const flags: { keys: string; want: Partial<TopState> }[] = [
  { keys: "p", want: { isPaused: true } },
  { keys: "pp", want: { isPaused: false } },
  { keys: "?", want: { mode: "help" } },
  { keys: "?q", want: { mode: "list", isOver: false } },
  { keys: "q", want: { isOver: true } },
  { keys: "/q", want: { filter: "q", isOver: false } },
  { keys: "/\u0003", want: { isOver: true } },
  { keys: "?\u0003", want: { isOver: true } },
  { keys: "/53\r\u001b", want: { filter: "" } },
];
for (const { keys, want } of flags) {
  test(`after ${JSON.stringify(keys)} it is ${JSON.stringify(want)}`, () =>
    expect(after(keys)).toMatchObject(want));
}

test("1,000 services in any order are all there once", () => {
  const state = { ...INITIAL, services: manyServices(1000) };
  for (const keys of ["s", "ss", "sss", "ssss", "sssss", "ssssss", "sr"]) {
    const ids = rowsOf(after(keys, state)).map(({ key }) => key);
    expect(new Set(ids).size).toBe(1000);
  }
});
