import { expect, test } from "vitest";
import { fitColumns } from "./fit-columns.ts";

const columns = [
  { name: "key", width: 20, least: 10 },
  { name: "weight", width: 6 },
  { name: "total", width: 8, yields: 1 },
  { name: "mark", width: 6, yields: 2 },
  { name: "why", width: 30, least: 12 },
];

const cases: { room: number; want: Record<string, number> }[] = [
  { room: Number.POSITIVE_INFINITY, want: { key: 20, weight: 6, total: 8, mark: 6, why: 30 } },
  { room: 78, want: { key: 20, weight: 6, total: 8, mark: 6, why: 30 } },
  { room: 77, want: { key: 20, weight: 6, total: 8, mark: 6, why: 29 } },
  { room: 59, want: { key: 19, weight: 6, total: 8, mark: 6, why: 12 } },
  { room: 50, want: { key: 10, weight: 6, total: 8, mark: 6, why: 12 } },
  { room: 49, want: { key: 17, weight: 6, total: 8, why: 12 } },
  { room: 41, want: { key: 19, weight: 6, why: 12 } },
  { room: 20, want: { key: 10, weight: 6, why: 12 } },
];
for (const { room, want } of cases) {
  test(`in ${room} characters there is room for ${JSON.stringify(want)}`, () =>
    expect(Object.fromEntries(fitColumns(columns, room).map(({ name, width }) => [name, width]))).toEqual(
      want,
    ));
}
