import type { IpvsadmRequest } from "@tandem/engine/client";
import { expect, test } from "vitest";
import { runTandem, startFakeDaemon } from "../../testing/run-tandem.ts";

async function ipvsadm(args: string[], input = "") {
  const requests: IpvsadmRequest[] = [];
  const socket = await startFakeDaemon({
    async ipvsadm(request) {
      requests.push(request);
      return { exitCode: 255, output: "listed\n", errors: "Service already exists\n" };
    },
  });
  return { ...(await runTandem(socket, ["ipvsadm", ...args], { input })), requests };
}

test("ipvsadm's words go to the daemon as they are, and its answer comes back with its exit code", async () => {
  const { requests, ...ran } = await ipvsadm(["-A", "-t", "192.0.2.1:80", "--help", "-o"]);
  expect(ran).toEqual({ out: "listed\n", err: "Service already exists\n", exitCode: 255 });
  expect(requests).toEqual([
    { args: ["-A", "-t", "192.0.2.1:80", "--help", "-o"], input: "", author: "ops", role: "admin" },
  ]);
});

test("ipvsadm prints no data, and says what does", async () => {
  const socket = await startFakeDaemon({});
  const ran = await runTandem(socket, ["-o", "yaml", "ipvsadm", "-Ln"]);
  expect(ran).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining("`tandem services -o yaml`"),
  });
});

for (const restore of ["-R", "--restore"])
  test(`ipvsadm ${restore} sends the standard input, and nothing else does`, async () => {
    expect((await ipvsadm([restore], "-C\n")).requests[0]!.input).toBe("-C\n");
    expect((await ipvsadm(["-Ln"], "-C\n")).requests[0]!.input).toBe("");
  });
