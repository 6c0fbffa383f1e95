/** Calls between nodes over a real NATS server. */
import { expect, onTestFinished, test } from "vitest";
import { createAesGcmSeal } from "./aes-gcm-seal.ts";
import { createNodeCalls } from "./node-calls.ts";
import { startNatsServer } from "./testing/nats-server.ts";
import { createNatsTransport } from "./transport/nats.ts";
import { until } from "./transport/transport.contract.ts";

const forever = new AbortController().signal;

test("node calls carry a document's worth of bytes over NATS both ways, and survive a cut connection", async () => {
  const server = await startNatsServer();
  onTestFinished(() => server.kill());
  const start = (node: string) => {
    const transport = createNatsTransport({ servers: [server.url], name: node });
    const seal = createAesGcmSeal(new Map([[0, new Uint8Array(32).fill(1)]]), 0);
    const calls = createNodeCalls({
      ...{ cluster: "test", node, seal, transport },
      serve: async function* (request) {
        for (let i = 0; i < 3; i++) yield request;
      },
      onBug: (bug) => {
        throw bug;
      },
    });
    onTestFinished(async () => {
      calls.close();
      await transport.close();
    });
    return { calls, transport };
  };
  const [a, b] = [start("a"), start("b")];
  const areConnected = () => a.transport.isConnected() && b.transport.isConnected();
  await until("both are connected", areConnected);
  const request = crypto.getRandomValues(new Uint8Array(65_536)).toHex().repeat(40); // 5 MiB
  let taken = 0;
  for await (const answer of a.calls.call("b", new TextEncoder().encode(request), { signal: forever })) {
    expect(new TextDecoder().decode(answer) === request).toBe(true);
    if (taken++ > 0) continue;
    await server.kill();
    await server.start();
    await until("both are back", areConnected);
  }
  expect(taken).toBe(3);
});
