import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { LbError } from "@tandem/model/failure";
import { expect, test } from "vitest";
import { runTandem, startFakeDaemon, tandem } from "../../testing/run-tandem.ts";
import { SCRIPTS, SHELLS } from "../completion/scripts.ts";

const TANDEM = join(import.meta.dirname, "../../../bin/tandem");

/** What bash offers after this line: the script is read, and called as bash calls it. */
async function completeInBash(line: string, socket: string): Promise<string[]> {
  const script = `${SCRIPTS.bash}
    compopt() { echo "compopt $*"; }
    COMP_LINE=$1 COMP_POINT=\${#1}
    _tandem "$2"
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { ...process.env, TANDEM_SOCKET: socket };
  const { stdout } = await promisify(execFile)("bash", ["-euc", script, "bash", line, TANDEM], { env });
  return stdout.split("\n").filter((word) => word !== "");
}

const cases: { line: string; want: string[] }[] = [
  { line: "tandem sta", want: ["status"] },
  { line: "tandem switchover --d", want: ["--dry-run"] },
  { line: "tandem status -o ", want: ["text", "json", "yaml"] },
  { line: "tandem status --output=y", want: ["yaml"] },
  { line: "tandem drain 10.0.0.2:80", want: ["8080"] },
  { line: "tandem apply -f ", want: ["compopt -o default"] },
  { line: "tandem nonsense --", want: [] },
];
test("bash completes commands, options, their values, and what the daemon knows", async () => {
  const socket = await startFakeDaemon();
  for (const { line, want } of cases)
    expect([line, await completeInBash(line, socket)]).toEqual([line, want]);
});

test("what shells ask is answered a line for a word, its help behind a tab", async () => {
  const socket = await startFakeDaemon();
  const ask = async (...words: string[]) => (await runTandem(socket, ["__complete", "--", ...words])).out;
  expect(await ask("drain", "10")).toBe("10.0.0.1:8080\n10.0.0.2:8080\n10.0.0.3:8080\n");
  expect(await ask("drain", "--undo")).toMatch(/^--undo\t\S/);
  expect(await ask("apply", "-f", "")).toBe(":file\n");
});

test("a daemon that does not answer, or is late, costs its values alone", async () => {
  const failing = await startFakeDaemon({
    services: () => Promise.reject(new LbError({ code: "unavailable", what: "the engine", why: "it hangs" })),
  });
  const ask = (socket: string) => runTandem(socket, ["__complete", "--", "drain", ""]);
  expect(await ask(failing)).toEqual({ out: "", err: "", exitCode: 0 });
  expect(await ask("/nowhere.sock")).toEqual({ out: "", err: "", exitCode: 0 });
});

for (const shell of SHELLS) {
  test(`completion ${shell} prints its script`, async () => {
    expect((await tandem(`completion ${shell}`)).out).toBe(SCRIPTS[shell]);
  });
}

test("the help does not tell of what shells ask", async () => {
  expect((await tandem("--help")).out).not.toContain("__complete");
  expect((await tandem("__complet")).err).not.toContain("Did you mean __complete");
});
