import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { CheckTarget } from "../checker.ts";

/** Real servers on 127.0.0.1 that end with the test. */

export function listenHttp(answer: RequestListener): Promise<CheckTarget> {
  return listen(createServer(answer));
}

/** A TCP server; `onSocket` sees every connection. */
export function listenTcp(onSocket: (socket: Socket) => void = () => {}): Promise<CheckTarget> {
  return listen(createTcpServer(onSocket));
}

/** An endpoint where nobody listens: it was just given back. */
export async function closedEndpoint(): Promise<CheckTarget> {
  const server = createTcpServer();
  const target = await bind(server);
  await new Promise((resolve) => server.close(resolve));
  return target;
}

async function listen(server: Server): Promise<CheckTarget> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket.on("error", () => {})));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return bind(server);
}

async function bind(server: Server): Promise<CheckTarget> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: "127.0.0.1", port: (server.address() as AddressInfo).port };
}
