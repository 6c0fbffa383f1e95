import { expect, test } from "vitest";
import { tandem } from "../../testing/run-tandem.ts";

test("document prints no defaults, unless it is asked to", async () => {
  expect((await tandem("document")).out).not.toContain("slowStart");
  expect((await tandem("document --defaults")).out).toContain("slowStart: 0");
  expect(JSON.parse((await tandem("document --json")).out).services[0].slowStart).toBe(0);
});
