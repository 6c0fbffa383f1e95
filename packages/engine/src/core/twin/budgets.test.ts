import { expect, test } from "vitest";
import { addressWords } from "../services/service-table.ts";
import { createBudgets } from "./budgets.ts";

const from = (address: string) => ({
  family: address.includes(":") ? (6 as const) : (4 as const),
  key: new Uint32Array([...addressWords(address), 0, 0, 0, 0, 0, 0]),
});

const neighbours: [string, string, boolean][] = [
  ["198.51.100.7", "198.51.100.250", true],
  ["198.51.100.7", "198.51.101.7", false],
  ["2001:db8:0:1200::7", "2001:db8:0:12ff::1", true],
  ["2001:db8:0:1200::7", "2001:db8:0:1300::7", false],
  ["198.51.100.7", "::ffff:c633:6407", false],
];
for (const [one, other, isShared] of neighbours) {
  test(`${one} and ${other} ${isShared ? "share a budget" : "have budgets of their own"}`, () => {
    const budgets = createBudgets();
    expect(budgets.spend(from(one), 1, 0)).toBe(true);
    expect(budgets.spend(from(other), 1, 0)).toBe(!isShared);
  });
}

test("a budget is spent flow by flow, and whole again in the next window", () => {
  const budgets = createBudgets();
  const spend = (now: number) => budgets.spend(from("198.51.100.7"), 2, now);
  expect([0, 1, 1023, 1024, 2047, 2047, 2048].map(spend)).toEqual([
    true,
    true,
    false,
    true,
    true,
    false,
    true,
  ]);
});

test("limit 0 is no limit, and costs nothing", () => {
  const budgets = createBudgets();
  for (let i = 0; i < 5; i++) expect(budgets.spend(from("198.51.100.7"), 0, 0)).toBe(true);
  expect(budgets.spend(from("198.51.100.7"), 1, 0)).toBe(true);
});
