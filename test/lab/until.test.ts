import { expect, test } from "vitest";
import { until } from "./until.ts";

test("until yields what the condition yields", async () => {
  const results = [undefined, 0, "there"];
  expect(await until(() => results.shift(), { deadlineMs: 5_000, what: "it is there", everyMs: 1 })).toBe(
    "there",
  );
});

test("until says what it waited for", async () => {
  const waiting = until(() => false, { deadlineMs: 5, what: "pigs fly", everyMs: 1 });
  await expect(waiting).rejects.toThrow("Cannot wait until pigs fly: not so after 5 ms");
});

test("until passes an error of the condition on", async () => {
  const broken = () => {
    throw new Error("broken");
  };
  await expect(until(broken, { deadlineMs: 5_000, what: "never" })).rejects.toThrow("broken");
});
