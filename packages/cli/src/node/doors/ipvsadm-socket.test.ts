import { execFile } from "node:child_process";
import { stat, symlink } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { dirname, join } from "node:path";
import type { AuditedCall, Auditor, IpvsadmRequest } from "@tandem/engine";
import { expect, onTestFinished, test } from "vitest";
import { createFolder } from "../../testing/run-tandem.ts";
import { openIpvsadmSocket } from "./ipvsadm-socket.ts";

const EXECUTABLE = join(import.meta.dirname, "../../../bin/tandem-ipvsadm");

/** A door with an answer behind it, for the duration of the test. */
async function openDoor(answer = async () => ({ exitCode: 255, output: "out\n", errors: "err\n" })) {
  const folder = await createFolder();
  const requests: IpvsadmRequest[] = [];
  const bugs: unknown[] = [];
  const socketPath = join(folder, "ipvsadm.sock");
  const told: AuditedCall[] = [];
  const audit: Auditor = {
    around(call, act) {
      told.push(call);
      return act();
    },
  };
  const api = {
    ipvsadm(request: IpvsadmRequest) {
      requests.push(request);
      return answer();
    },
  };
  const door = await openIpvsadmSocket({ socketPath, api, audit, onBug: (bug) => bugs.push(bug) });
  onTestFinished(() => door.stop());
  return { folder, socketPath, requests, told, bugs, door };
}

/** Run the program as an operator would; `TANDEM_SOCKET` leads it to the folder. */
function run(executable: string, folder: string, args: string[], { input = "", server = "" } = {}) {
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((done) => {
    const socket = join(folder, "api.sock");
    const env = { ...process.env, TANDEM_SOCKET: socket, TANDEM_SERVER: server, SUDO_USER: "ann" };
    const child = execFile(executable, args, { env }, (error, stdout, stderr) =>
      done({ code: error?.code ?? 0, stdout, stderr }),
    );
    child.stdin!.end(input);
  });
}

/** What comes back for bytes that are sent. */
const say = (socketPath: string, text: string) =>
  new Promise<string>((answered) => {
    const chunks: string[] = [];
    const socket = connect(socketPath, () => socket.write(text));
    socket.on("data", (chunk) => chunks.push(String(chunk)));
    socket.on("close", () => answered(chunks.join("")));
  });

test("tandem-ipvsadm takes its words to the daemon and prints what comes back, under whatever name it is linked", async () => {
  const { folder, requests, told } = await openDoor();
  const linked = join(folder, "ipvsadm");
  await symlink(EXECUTABLE, linked);
  for (const executable of [EXECUTABLE, linked])
    expect(await run(executable, folder, ["-A", "-t", "a b"], { input: "unread" })).toEqual({
      code: 255,
      stdout: "out\n",
      stderr: "err\n",
    });
  const request = { args: ["-A", "-t", "a b"], input: "", author: "ann", role: "admin" };
  expect(requests).toEqual([request, request]);
  expect(told[0]).toMatchObject({ method: "RunIpvsadm", author: "ann", command: "ipvsadm -A -t 'a b'" });
});

for (const [program, option] of [
  ["tandem-ipvsadm.cjs", "-L"],
  ["tandem.js", "--help"],
])
  test(`${program} says without a stack trace that its output cannot be written`, async () => {
    const { folder } = await openDoor(async () => ({ exitCode: 0, output: "out\n", errors: "" }));
    const command = `"$0" "$1/${program}" ${option} >/dev/full`;
    const env = { ...process.env, TANDEM_SOCKET: join(folder, "api.sock") };
    const words = ["-c", command, process.execPath, dirname(EXECUTABLE)];
    const ran = await new Promise((done) =>
      execFile("sh", words, { env }, (error, _, stderr) => done([error?.code, stderr])),
    );
    expect(ran).toEqual([1, expect.stringMatching(/^(error: )?Cannot write the output: ENOSPC: .*\n$/)]);
  });

test("door takes no name that would steer the terminals that histories are shown on", async () => {
  const { socketPath, requests } = await openDoor();
  await say(socketPath, `${JSON.stringify({ args: ["-C"], user: "e\x1b[2Jv\ne" })}\n`);
  expect(requests[0]!.author).toBe("e?[2Jv?e");
});

test("tandem-ipvsadm -R takes its standard input with it, however long", async () => {
  const { folder, requests } = await openDoor();
  const input = "-A -t 192.0.2.1:80 # ü\n".repeat(10_000);
  await run(EXECUTABLE, folder, ["-R"], { input });
  expect(requests[0]!.input).toBe(input);
});

test("a long answer arrives whole", async () => {
  const output = "x".repeat(3_000_000);
  const { folder } = await openDoor(async () => ({ exitCode: 0, output, errors: "" }));
  const child = await new Promise<string>((done) => {
    const env = { ...process.env, TANDEM_SOCKET: join(folder, "api.sock") };
    execFile(EXECUTABLE, ["-L"], { env, maxBuffer: 2 ** 23 }, (_, stdout) => done(stdout));
  });
  expect(child).toBe(output);
});

test("without a daemon tandem-ipvsadm ends as the tool does without IPVS, with a hint", async () => {
  const { code, stdout, stderr } = await run(EXECUTABLE, await createFolder(), ["-Ln"]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(
    /^Can't initialize ipvs: Protocol not available\nAre you sure that the daemon runs /,
  );
});

const scripts: [name: string, words: string[], args: string[], input: string][] = [
  ["ipvsadm-save", ["-n"], ["-S", "-n"], ""],
  ["tandem-ipvsadm-save", [], ["-S"], ""],
  ["ipvsadm-restore", [], ["-R", "--replace"], "-A -t 192.0.2.1:80\n"],
];
for (const [name, words, args, input] of scripts)
  test(`tandem-ipvsadm linked as ${name} does what that script of ipvsadm does`, async () => {
    const { folder, requests } = await openDoor();
    await symlink(EXECUTABLE, join(folder, name));
    await run(join(folder, name), folder, words, { input: "-A -t 192.0.2.1:80\n" });
    expect(requests).toMatchObject([{ args, input }]);
  });

const programs: [name: string, words: string[]][] = [
  ["tandem", ["ipvsadm", "-C"]],
  ["tandem-ipvsadm", ["-C"]],
];
for (const [name, words] of programs)
  test(`${name} ${words.join(" ")} does not take to the daemon at hand what is for $TANDEM_SERVER`, async () => {
    const { folder, requests } = await openDoor();
    const program = join(dirname(EXECUTABLE), name);
    const { code, stderr } = await run(program, folder, words, { server: "127.0.0.1:9" });
    expect({ code, stderr, requests }).toEqual({
      code: 2,
      stderr: "error: Cannot connect: --ca is missing, wanted a PEM file, beside --server\n",
      requests: [],
    });
  });

const cuts: [args: string[], says: string][] = [
  [["-Ln"], "The daemon hung up before it had answered\n"],
  ...[["-R"], ["--set", "1", "2", "3"], ["-a", "-t", "192.0.2.1:80"]].map((args): [string[], string] => [
    args,
    "The daemon hung up before it had answered; the change may have been carried out: `ipvsadm -Sn` shows it\n",
  ]),
];
for (const [args, says] of cuts)
  test(`tandem-ipvsadm ${args.join(" ")} says what may have become of it when the daemon dies before it has answered`, async () => {
    const folder = await createFolder();
    const dying = createServer((socket) => socket.once("data", () => socket.end()));
    await new Promise<void>((open) => dying.listen(join(folder, "ipvsadm.sock"), open));
    onTestFinished(() => void dying.close());
    const ran = await run(EXECUTABLE, folder, args, { input: "-A -t 192.0.2.1:80\n" });
    expect(ran).toEqual({ code: 2, stdout: "", stderr: says });
  });

test("the socket is its owner's alone, and goes with the daemon", async () => {
  const { socketPath, door } = await openDoor();
  expect((await stat(socketPath)).mode & 0o777).toBe(0o600);
  await door.stop();
  await expect(stat(socketPath)).rejects.toThrow("ENOENT");
});

for (const line of ["\n", "no json\n", "{}\n", '{"args":"-L","user":"ann"}\n', '{"args":[1],"user":"ann"}\n'])
  test(`a line such as ${JSON.stringify(line)} is answered, and nothing is run`, async () => {
    const { socketPath, requests, bugs } = await openDoor();
    expect(JSON.parse(await say(socketPath, line))).toMatchObject({ exitCode: 2, output: "" });
    expect([requests, bugs]).toEqual([[], []]);
  });

test("a bug behind the door is reported, and told in plain words", async () => {
  const { socketPath, bugs } = await openDoor(async () => {
    throw new Error("a bug");
  });
  const answer = JSON.parse(await say(socketPath, '{"args":["-L"],"user":"ann"}\n'));
  expect(answer).toEqual({ exitCode: 2, output: "", errors: "The daemon failed; its log says how\n" });
  expect(bugs).toEqual([new Error("a bug")]);
});
