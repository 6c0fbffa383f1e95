import { expect, test } from "vitest";
import { startNatsServer } from "../testing/nats-server.ts";
import { createNatsTransport } from "./nats.ts";
import { transportContract, until } from "./transport.contract.ts";

transportContract("NATS transport", async () => {
  const server = await startNatsServer();
  const connect = (name: string) => createNatsTransport({ servers: [server.url], name });
  const [a, b] = [connect("a"), connect("b")];
  return {
    a,
    b,
    cut: async () => {
      await server.kill();
      await until("both have noticed", () => !a.isConnected() && !b.isConnected());
    },
    heal: server.start,
    close: async () => {
      await Promise.all([a.close(), b.close()]);
      await server.kill();
    },
  };
});

test("NATS transport starts while no server is there, and connects when one comes", async () => {
  const server = await startNatsServer();
  await server.kill();
  const transport = createNatsTransport({ servers: [server.url], name: "early" });
  const heard: Uint8Array[] = [];
  transport.subscribe("t.early", (bytes) => heard.push(bytes));
  transport.publish("t.early", new Uint8Array(1));
  expect(transport.isConnected()).toBe(false);
  await server.start();
  await until("it is connected", () => transport.isConnected());
  const other = createNatsTransport({ servers: [server.url], name: "other" });
  await until("its subscription works", () => {
    other.publish("t.early", new Uint8Array(2));
    return heard.length > 0;
  });
  await Promise.all([transport.close(), other.close()]);
  await server.kill();
});

test("NATS transport notices a server that hangs, and goes on when it does", async () => {
  const server = await startNatsServer();
  const transport = createNatsTransport({ servers: [server.url], name: "patient" });
  await until("it is connected", () => transport.isConnected());
  server.signal("SIGSTOP");
  await until("it has noticed", () => !transport.isConnected());
  server.signal("SIGCONT");
  await until("it is connected again", () => transport.isConnected());
  await transport.close();
  await server.kill();
});

test("NATS transport that never connected can be closed", async () => {
  const transport = createNatsTransport({ servers: ["127.0.0.1:1"], name: "never" });
  await transport.close();
  await expect(transport.connection()).rejects.toThrow();
});
