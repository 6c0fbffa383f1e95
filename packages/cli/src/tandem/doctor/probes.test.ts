import { expect, test } from "vitest";
import { PROBES } from "./probes.ts";
import { PATIENT } from "./testing.ts";

test("no probe throws on a machine where nothing can be found, and one at least fails", async () => {
  const found = await Promise.all(PROBES.map((probe) => probe(PATIENT)));
  expect(found.every((findings) => findings.length > 0)).toBe(true);
  expect(found.flat().some(({ verdict }) => verdict === "fail")).toBe(true);
});
