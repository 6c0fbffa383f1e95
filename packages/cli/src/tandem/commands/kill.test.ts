import type { KillRequest } from "@tandem/engine";
import { expect, test } from "vitest";
import { runTandem, startFakeDaemon, tandem } from "../../testing/run-tandem.ts";

test("kill tells how many it ended, or would", async () => {
  const line = "kill --client 198.51.100.7";
  expect((await tandem(line)).out).toBe("Ended 12 connections, persistence templates included.\n");
  expect((await tandem(`${line} --dry-run`)).out).toBe(
    "Would end 12 connections, persistence templates included.\n",
  );
  expect((await tandem(`${line} --reset`)).out).toBe(
    "Ended 12 connections, persistence templates included: both ends hear of it within 2 s.\n",
  );
  expect(JSON.parse((await tandem(`${line} --reset --json`)).out)).toEqual({
    ...{ killed: 12, reset: true, dryRun: false },
  });
  const socket = await startFakeDaemon({ kill: async () => ({ killed: 0 }) });
  expect((await runTandem(socket, line.split(" "))).out).toBe("No connections.\n");
});

test("kill hands over which, how and who asks", async () => {
  let asked: KillRequest | undefined;
  const kill = async (request: KillRequest) => {
    asked = request;
    return { killed: 1 };
  };
  const line = "kill --destination 10.0.0.1:80 --state established --idle-min 5m --reset --dry-run";
  await runTandem(await startFakeDaemon({ kill }), line.split(" "));
  expect(asked).toEqual({
    filter: { destination: "10.0.0.1:80", states: ["ESTABLISHED"], minIdleSeconds: 300 },
    ...{ reset: true, dryRun: true, author: "ops" },
  });
});

test("kill of everything is refused, also of everything in some state", async () => {
  for (const line of ["kill", "kill --state established", "kill --owner lb2"]) {
    const { exitCode, err } = await tandem(line);
    expect([exitCode, err]).toEqual([
      2,
      "error: Cannot kill connections: which ones is left open, wanted at least one of --service, --client, --destination\n",
    ]);
  }
});
