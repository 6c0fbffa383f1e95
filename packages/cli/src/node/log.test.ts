import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";

/** What a process says in its log, line by line. */
function logged(script: string) {
  const log = JSON.stringify(join(import.meta.dirname, "log.ts"));
  const source = `import { createLog, endOnBug, outliveHangUp } from ${log}; ${script}`;
  const ran = spawnSync(process.execPath, ["--input-type=module", "-e", source], { encoding: "utf8" });
  expect(ran.stdout).toBe("");
  const lines = ran.stderr.trimEnd().split("\n");
  return { status: ran.status, lines: lines.map((line) => JSON.parse(line)) };
}

test("a log line says when, which node, how grave and what", () => {
  const { lines } = logged(`createLog({ node: "lb1", level: "info" }).warn({ peer: "lb2" }, "peer is lost")`);
  expect(lines).toEqual([
    {
      level: "warn",
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      node: "lb1",
      peer: "lb2",
      msg: "peer is lost",
    },
  ]);
});

test("what is below the level is not logged", () => {
  const { lines } = logged(
    `const log = createLog({ node: "n", level: "warn" }); log.info("a"); log.warn("b")`,
  );
  expect(lines.map((line) => line.msg)).toEqual(["b"]);
});

for (const bug of [`setTimeout(() => { throw new Error("x") })`, `Promise.reject(new Error("x"))`]) {
  test(`a bug is the last word of the log, and the end: ${bug}`, () => {
    const { status, lines } = logged(
      `const log = createLog({ node: "n", level: "info" }); endOnBug(log); ${bug}`,
    );
    expect(status).toBe(1);
    expect(lines).toMatchObject([{ level: "fatal", msg: "ended by a bug", err: { message: "x" } }]);
  });
}

test("a log on a full disk holds up nobody, not even at the end", () => {
  const log = JSON.stringify(join(import.meta.dirname, "log.ts"));
  const source = `import { createLog } from ${log}; const log = createLog({ node: "n", level: "info" });
    log.info("lost"); setTimeout(() => { log.fatal("lost, too"); console.log("went on"); process.exit(7) }, 50);`;
  const full = openSync("/dev/full", "w");
  const ran = spawnSync(process.execPath, ["--input-type=module", "-e", source], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", full],
    timeout: 30_000,
  });
  closeSync(full);
  expect(ran).toMatchObject({ stdout: "went on\n", status: 7 });
});

test("a reader of the log that stalls for a while misses nothing", async () => {
  const log = JSON.stringify(join(import.meta.dirname, "log.ts"));
  const source = `import { createLog } from ${log}; const log = createLog({ node: "n", level: "info" });
    for (let n = 0; n < 5000; n++) setImmediate(() => log.info({ n }, "x".repeat(200)));
    setImmediate(() => console.log("said")); process.stdin.resume();`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", source]);
  onTestFinished(() => void child.kill());
  await once(child.stdout, "data"); // until then nobody reads: no pipe holds a megabyte
  const read: number[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    read.push(JSON.parse(line).n);
    if (read.length === 5000) child.stdin.end();
  }
  expect(read).toEqual(Array.from({ length: 5000 }, (_, n) => n));
});

test("SIGHUP ends nobody, and the log says what does what it may have meant", () => {
  const { status, lines } = logged(
    `outliveHangUp(createLog({ node: "n", level: "info" })); process.kill(process.pid, "SIGHUP"); setTimeout(() => process.exit(7), 200)`,
  );
  expect(status).toBe(7);
  expect(lines).toMatchObject([{ level: "warn", msg: expect.stringContaining("`tandem apply`") }]);
});
