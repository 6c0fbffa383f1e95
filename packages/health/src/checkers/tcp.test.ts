import { once } from "node:events";
import type { Socket } from "node:net";
import { test } from "vitest";
import { testChecker } from "../checker.contract.ts";
import { closedEndpoint, listenTcp } from "../testing/servers.ts";
import { createTcpChecker } from "./tcp.ts";

testChecker("tcp", async () => ({
  checker: createTcpChecker(),
  healthy: await listenTcp(),
  refusing: await closedEndpoint(),
}));

test("tcp checker closes its connection", async () => {
  const { promise, resolve } = Promise.withResolvers<Socket>();
  const target = await listenTcp(resolve);
  await createTcpChecker().check(target, new AbortController().signal);
  await once((await promise).resume(), "end");
});
