import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFolder } from "../testing/run-tandem.ts";
import { demoArguments } from "./commands/demo.ts";
import { runScript } from "./run-script.ts";

async function script(text: string): Promise<string> {
  const path = join(await createFolder(), "script.mjs");
  await writeFile(path, text);
  return path;
}

const codes: { text: string; want: number }[] = [
  { text: "process.exit(process.argv[2] === 'a b' ? 0 : 1)", want: 0 },
  { text: "process.exit(2)", want: 2 },
  { text: "process.exit(7)", want: 1 },
  { text: "process.kill(process.pid, 'SIGKILL')", want: 1 },
];
for (const { text, want } of codes) {
  test(`a script's end is ours: ${text}`, async () => {
    expect(await runScript(await script(text), ["a b"])).toBe(want);
  });
}

test("a script that tidies up at a signal is waited for", async () => {
  const inner = await script(
    "process.on('SIGTERM', () => setTimeout(() => { console.log('tidy'); process.exit(0) }, 50)); setInterval(() => {}, 1e6); console.log('ready')",
  );
  const module = JSON.stringify(join(import.meta.dirname, "run-script.ts"));
  const outer = await script(
    `import { runScript } from ${module}; process.exitCode = await runScript(${JSON.stringify(inner)}, [])`,
  );
  const child = spawn(process.execPath, [outer], { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    if (out === "ready\n") child.kill("SIGTERM");
  });
  expect(await once(child, "close")).toEqual([0, null]);
  expect(out).toBe("ready\ntidy\n");
});

test("the demo gets its options handed on", () => {
  expect(demoArguments({ sessions: 10 }, false)).toEqual(["--sessions=10"]);
  expect(demoArguments({ sessions: 10, fast: true, logs: "/tmp/a b" }, true)).toEqual([
    "--sessions=10",
    "--fast",
    "--json",
    "--logs=/tmp/a b",
  ]);
});
