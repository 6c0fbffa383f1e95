import { expect, test } from "vitest";
import { tandem } from "../../testing/run-tandem.ts";

test("switchover tells its steps, and why it is refused", async () => {
  expect((await tandem("switchover --dry-run")).out).toBe(`Would go from lb1 to lb2:
  1. enter maintenance
  2. flush and wait for "lb2"
  3. lower the priority
  4. forward on for 5 s
`);
  expect((await tandem("switchover --force")).out).toMatch(/^From lb1 to lb2:/);
  expect(await tandem("switchover")).toMatchObject({
    exitCode: 1,
    err: 'error: Cannot switch over: peer "lb2" is loading, wanted a live peer (or --force)\n',
  });
});
