import { execFile } from "node:child_process";
import { symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { createFolder, runTandem, startFakeDaemon, tandem } from "../testing/run-tandem.ts";
import { COMMANDS } from "./commands.ts";

for (const line of [
  "status",
  "services",
  "connections",
  "drain 10.0.0.1",
  "explain tcp 198.51.100.7 192.0.2.10:80",
  "switchover --dry-run",
  "doctor",
  "completion bash",
]) {
  test(`${line} --json prints one JSON value`, async () => {
    expect(JSON.parse((await tandem(`${line} --json`)).out)).toBeTypeOf("object");
  });
}

const usage: { line: string; says: string }[] = [
  { line: "statsu", says: "unknown command 'statsu'\n(Did you mean status?)\nSee `tandem --help`.\n" },
  { line: "help statsu", says: "unknown command 'statsu'\n(Did you mean status?)" },
  { line: "statsu --help", says: "unknown command 'statsu'\n(Did you mean status?)" },
  { line: "list", says: "unknown command 'list'\nSee `tandem --help`.\n" },
  { line: "status --jsno", says: "unknown option '--jsno'\n(Did you mean --json?)" },
  { line: "status now", says: "got 1: now.\nSee `tandem status --help`.\n" },
  { line: "apply", says: "required option '-f, --file <file>' not specified" },
  { line: "drain", says: "missing required argument 'what'" },
  { line: "drain web1", says: 'Cannot drain: destination is "web1", wanted address or address:port' },
  { line: "connections -n 0", says: 'limit is "0", wanted a whole number from 1 to 1000000' },
  { line: "connections -n ten", says: 'limit is "ten", wanted a whole number from 1 to 1000000' },
  { line: "connections --client x", says: 'client is "x", wanted address or address:port' },
  {
    line: "connections --service http",
    says: 'service is "http", wanted a service such as "tcp 192.0.2.1:80"',
  },
  { line: "connections --service mark/0", says: 'service is "mark/0", wanted a service such as' },
  { line: "explain tcp 198.51.100.7", says: "missing required argument 'virtual'" },
  {
    line: "explain icmp 198.51.100.7 192.0.2.10:80",
    says: 'protocol is "icmp", wanted "tcp", "udp" or "sctp"',
  },
  { line: "explain tcp 198.51.100.7 192.0.2.10", says: 'virtual is "192.0.2.10", wanted address:port' },
  {
    line: "explain tcp 198.51.100.7 192.0.2.10:80 --mark 0",
    says: 'mark is "0", wanted a whole number from 1',
  },
  {
    line: "completion csh",
    says: 'Cannot understand the options: shell is "csh", wanted one of bash, zsh, fish',
  },
];
for (const { line, says } of usage) {
  test(`"tandem ${line}" is wrong usage: exit code 2, and says why`, async () => {
    const { err, out, exitCode } = await tandem(line);
    expect(err).toContain(says);
    expect({ out, exitCode }).toEqual({ out: "", exitCode: 2 });
  });
}

test("a failure with --json is a JSON value as well", async () => {
  const { out, err } = await tandem("drain 10.0.0.9 --json");
  const message = 'Cannot find destination "10.0.0.9"';
  expect(JSON.parse(out)).toEqual({
    error: { code: "not_found", what: "destination", key: "10.0.0.9", message },
  });
  expect(err).toBe(`error: ${message}\n`);
});

test("every command has help with an example, and its options are in it", async () => {
  for (const { name, verbatim, load } of COMMANDS) {
    if (verbatim) continue;
    const command = await load();
    const { out, exitCode } = await runTandem("/nowhere.sock", [name, "--help"]);
    expect(exitCode).toBe(0);
    expect(out).toContain(`  tandem ${command.examples[0]![0]}`);
    for (const { flags } of command.options) expect(out).toContain(flags);
    expect(out).toContain("-s, --socket <path>");
  }
});

for (const line of ["help drain", "drain help", "-o json help drain", "help drain director"])
  test(`"tandem ${line}" is the help of drain`, async () => {
    const asked = await runTandem("/nowhere.sock", ["drain", "--help"]);
    expect(await runTandem("/nowhere.sock", line.split(" "))).toEqual(asked);
  });

test('"tandem help" is the help of all, and a file may be called so', async () => {
  expect(await runTandem("/nowhere.sock", ["help"])).toEqual(await runTandem("/nowhere.sock", ["--help"]));
  const { out } = await tandem("diff help", { files: { help: "version: 1\nservices: []\n" } });
  expect(out).toMatch(/^revision 42 → help: 3 changes/);
});

test("the help of a command that reads its own words is there, too", async () => {
  const { out, exitCode } = await runTandem("/nowhere.sock", ["help", "ipvsadm"]);
  expect([out, exitCode]).toEqual([expect.stringMatching(/\nExamples:\n {2}tandem ipvsadm /), 0]);
});

test("help fits the terminal, its examples below what they are for if need be", async () => {
  for (const { name } of COMMANDS) {
    const setting = { isTTY: true, columns: 80, env: { NO_COLOR: "1" } };
    const { out } = await runTandem("/nowhere.sock", ["help", name], setting);
    const long = out.split("\n").filter((line) => line.length > 80 && !line.startsWith("  tandem "));
    expect([name, long]).toEqual([name, []]);
  }
});

test("no command at all shows the help and exits 2", async () => {
  const { err, exitCode } = await runTandem("/nowhere.sock", []);
  expect(exitCode).toBe(2);
  for (const { name } of COMMANDS.filter(({ isHidden }) => !isHidden)) expect(err).toContain(`  ${name}`);
});

test("a daemon that is not there is told in words", async () => {
  const socket = join(await createFolder(), "api.sock");
  expect(await runTandem(socket, ["status"])).toEqual({
    out: "",
    exitCode: 1,
    err: `error: Cannot reach the daemon at "${socket}": nothing is there; is it running? Start it with \`tandem run\`, or name its socket with --socket\n`,
  });
});

test("a daemon that died is told from one that never was", async () => {
  const socket = join(await createFolder(), "api.sock");
  await writeFile(socket, "");
  expect((await runTandem(socket, ["status"])).err).toContain(
    "nobody listens; it has ended without tidying up",
  );
});

test("a daemon that hangs up is told in words", async () => {
  const socket = join(await createFolder(), "api.sock");
  const server = createServer((client) => client.destroy()).listen(socket);
  onTestFinished(() => void server.close());
  const { err, exitCode } = await runTandem(socket, ["status"]);
  expect(exitCode).toBe(1);
  expect(err).toContain(`error: Cannot reach the daemon at "${socket}`);
});

test("colour is for terminals, and NO_COLOR turns it off", async () => {
  const coloured = "\u001b[32mSAFE\u001b[39m";
  expect((await tandem("status", { isTTY: true })).out).toContain(coloured);
  expect((await tandem("status", { isTTY: true, env: { NO_COLOR: "1" } })).out).not.toContain("\u001b");
  expect((await tandem("status", { isTTY: true, env: { TERM: "dumb" } })).out).not.toContain("\u001b");
  expect((await tandem("status")).out).not.toContain("\u001b");
});

test("the program runs by a link from elsewhere, and finds its daemon by TANDEM_SOCKET", async () => {
  const socket = await startFakeDaemon();
  const link = join(await createFolder(), "tandem");
  await symlink(join(import.meta.dirname, "../../bin/tandem"), link);
  const env = { PATH: "/usr/bin:/bin", TANDEM_SOCKET: socket };
  const { stdout } = await promisify(execFile)(link, ["status"], { cwd: "/", env });
  expect(stdout).toMatch(/^SAFE: /);
});
