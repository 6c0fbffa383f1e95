import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { LAYOUT_PATH, layoutHeader } from "./generate-layout.ts";

test("layout.h is what the tables say now", () => {
  expect(readFileSync(LAYOUT_PATH, "utf8")).toBe(layoutHeader());
});
