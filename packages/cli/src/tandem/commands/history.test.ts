import { expect, test } from "vitest";
import { runTandem, startFakeDaemon, tandem } from "../../testing/run-tandem.ts";

test("history says who changed what, when and why, newest first", async () => {
  expect((await tandem("history")).out).toBe(
    `REVISION  WHEN                     WHO    WHAT                                                 WHY
    * 42  2026-11-22 18:39:00 UTC  alice  ~ tcp 192.0.2.10:80 -> 10.0.0.2:8080: weight 5 → 10  more memory
      41  2026-11-22 16:40:00 UTC  bob    3 added
`,
  );
  expect((await tandem("history -n 1")).out).not.toContain("bob");
});

for (const [columns, longest] of [
  [80, 80],
  [0, 106], // a serial console that does not say how wide it is gets every column in full
] as const) {
  test(`history on a terminal of ${columns} columns has lines of ${longest} characters at most`, async () => {
    const { out } = await runTandem(await startFakeDaemon(), ["history"], {
      isTTY: true,
      columns,
      env: { NO_COLOR: "1" },
    });
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBe(longest);
  });
}

test("history in 80 columns says all of why, below itself if need be", async () => {
  const reason = "tandem drain 10.0.0.2:8080 --wait --deadline 10m --at-deadline reset";
  const summary = "~ tcp 192.0.2.10:80 -> 10.0.0.2:8080: drain false → true";
  const revision = { revision: 43, author: "alice", timeMs: 0, reason, summary, hash: "", running: true };
  const revisions = async () => ({ revisions: [revision], incomplete: "" });
  const terminal = { isTTY: true, columns: 80, env: { NO_COLOR: "1" } };
  const { out } = await runTandem(await startFakeDaemon({ revisions }), ["history"], terminal);
  expect(out.replaceAll(/\s+/g, " ")).toContain(reason);
  expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
});

test("history as data has everything", async () => {
  const { revisions } = JSON.parse((await tandem("history --json")).out);
  expect(revisions[0]).toMatchObject({ revision: 42, author: "alice", reason: "more memory", running: true });
});

test("history says of a revision without a difference that it has none", async () => {
  const revision = { revision: 1, author: "a", timeMs: 0, reason: "", summary: "", hash: "", running: true };
  const revisions = async () => ({ revisions: [revision], incomplete: "" });
  const { out } = await runTandem(await startFakeDaemon({ revisions }), ["history"]);
  expect(out).toContain("  a    no difference but in comments\n");
});

test("history says why there may be more than it knows", async () => {
  const revisions = async () => ({ revisions: [], incomplete: "" });
  const none = await runTandem(await startFakeDaemon({ revisions }), ["history"]);
  expect(none.out).toBe("There is no document yet.\n");
  const some = async () => ({
    revisions: [{ revision: 1, author: "a", timeMs: 0, reason: "", summary: "", hash: "", running: false }],
    incomplete: "this is what this node ran: NATS is away",
  });
  const { out } = await runTandem(await startFakeDaemon({ revisions: some }), ["history"]);
  expect(out).toContain("\nThere may be more: this is what this node ran: NATS is away\n");
});
