import { expect, test } from "vitest";
import { startNatsServer } from "./testing/nats-server.ts";
import { startRealNode } from "./testing/real-node.ts";
import { createNatsTransport } from "./transport/nats.ts";
import { until } from "./transport/transport.contract.ts";

test("two nodes over a real NATS server agree, through the death of the server and after it", async () => {
  const server = await startNatsServer();
  const transports = ["a", "b"].map((name) => createNatsTransport({ servers: [server.url], name }));
  const [a, b] = ["a", "b"].map((name, i) => startRealNode(name, transports[i]!)) as [
    ReturnType<typeof startRealNode>,
    ReturnType<typeof startRealNode>,
  ];
  await until("both are synced", () => a.replicator.status().isSynced && b.replicator.status().isSynced);

  for (let key = 0; key < 5000; key++) a.table.seePacket(key, 1);
  expect(await a.replicator.flush(10_000)).toBe(true);
  expect(b.table.contents().size).toBe(5000);

  await server.kill();
  await until("both have noticed", () => transports.every((t) => !t.isConnected()));
  for (let key = 5000; key < 6000; key++) a.table.seePacket(key, 1);
  b.table.seePacket(0, 2);
  await server.start();
  await until("b has what a saw", () => b.table.contents().size === 6000);
  await until("a has what b saw", () => a.table.contents().get(0)?.owner === "b");

  const late = createNatsTransport({ servers: [server.url], name: "c" });
  const c = startRealNode("c", late);
  await until("a late node has everything", () => c.replicator.status().isSynced);
  expect(c.table.contents().size).toBe(6000);

  expect([a.readiness, b.readiness, c.readiness]).toEqual([[true], [true], [true]]);
  for (const node of [a, b, c]) node.replicator.close();
  for (const transport of [...transports, late]) await transport.close();
  await server.kill();
});
