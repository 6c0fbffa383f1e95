import { expect, test } from "vitest";
import { runTandem, startFakeDaemon, tandem } from "../../testing/run-tandem.ts";

const LINE = "  ~ tcp 192.0.2.10:80 -> 10.0.0.2:8080: weight 5 → 10\n";

test("diff without a word shows the last change", async () => {
  expect((await tandem("diff")).out).toBe(`revision 41 → revision 42: 1 change\n${LINE}`);
});

test("diff compares a revision with what runs, or with another one", async () => {
  expect((await tandem("diff 41")).out).toBe(`revision 41 → revision 42: 1 change\n${LINE}`);
  expect((await tandem("diff current previous")).out).toContain("weight 10 → 5");
  expect((await tandem("diff current 42")).out).toBe("No difference between revision 42 and revision 42.\n");
  const { err, exitCode } = await tandem("diff 7");
  expect([err, exitCode]).toEqual(['error: Cannot find revision "7"\n', 1]);
});

test("diff of a file shows what applying it would change", async () => {
  const socket = await startFakeDaemon();
  const { out: text } = await runTandem(socket, ["document"]);
  const files = { "d.yaml": text.replace("weight: 10", "weight: 3") };
  const { out } = await runTandem(socket, ["diff", "d.yaml"], { files });
  expect(out).toBe(
    "revision 42 → d.yaml: 1 change; connections: 4,323 kept\n  ~ tcp 192.0.2.10:80 -> 10.0.0.1:8080: weight 10 → 3 (4,323 connections kept)\n",
  );
  const { changes } = JSON.parse((await runTandem(socket, ["diff", "d.yaml", "--json"], { files })).out);
  expect(changes).toEqual([
    {
      kind: "~",
      what: "tcp 192.0.2.10:80 -> 10.0.0.1:8080",
      how: "weight 10 → 3",
      connections: { kept: 4323 },
    },
  ]);
});

test("diff in YAML is a unified diff of the documents", async () => {
  expect((await tandem("diff --yaml")).out).toBe(`--- revision 41
+++ revision 42
@@ -12,4 +12,4 @@
         weight: 10
       - address: 10.0.0.2
         port: 8080
-        weight: 5
+        weight: 10
`);
});

test("diff fits the terminal, and is left alone in a pipe", async () => {
  const socket = await startFakeDaemon();
  const files = { "d.yaml": "version: 1\nservices: []\n" };
  const run = async (setting: object) =>
    (await runTandem(socket, ["diff", "d.yaml"], { files, env: { NO_COLOR: "1" }, ...setting })).out;
  const wide = await run({});
  const narrow = await run({ isTTY: true, columns: 60 });
  const longest = (text: string) => Math.max(...text.split("\n").map((line) => line.length));
  expect(longest(wide)).toBeGreaterThan(100);
  expect(longest(narrow)).toBeLessThanOrEqual(60);
  expect(narrow.replace(/\n {2,6}(?=\S)(?![-+~])/g, " ")).toBe(wide);
});
