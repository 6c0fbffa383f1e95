import { expect, test } from "vitest";
import { runTandem, startFakeDaemon, tandem } from "../../testing/run-tandem.ts";

test("drain tells what it drained, or that there was nothing to do", async () => {
  expect((await tandem("drain 10.0.0.1")).out).toBe(
    "Drained with revision 43:\n  tcp 192.0.2.10:80 -> 10.0.0.1:8080\n",
  );
  expect((await tandem("drain 10.0.0.1 --undo")).out).toMatch(/^Back in service with revision 43:/);
  const drain = async () => ({ revision: 42, destinations: [] });
  const { out } = await runTandem(await startFakeDaemon({ drain }), ["drain", "10.0.0.1"]);
  expect(out).toBe("Nothing to do: it is drained already (revision 42).\n");
});

test("drain hands over who asks, and in which service", async () => {
  let asked: unknown;
  const drain = async (request: unknown) => {
    asked = request;
    return { revision: 1, destinations: [] };
  };
  await runTandem(await startFakeDaemon({ drain }), [
    "drain",
    "10.0.0.1:80",
    "--service",
    "tcp/192.0.2.10:80",
  ]);
  expect(asked).toEqual({
    destination: "10.0.0.1:80",
    service: "tcp 192.0.2.10:80",
    undo: false,
    author: "ops",
  });
});
