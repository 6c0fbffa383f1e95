import { once } from "node:events";
import { createServer, type ListenOptions, type Socket } from "node:net";
import { createGreeter } from "./greeting.ts";

/** Echo every byte of every connection, greeting first. Resolves when it listens. */
export async function listenTcpEcho(at: ListenOptions, name: string): Promise<void> {
  const server = createServer({ noDelay: true }, (socket) => echo(socket, name));
  await once(server.listen({ ...at, backlog: 4096 }), "listening");
}

function echo(socket: Socket, name: string): void {
  const greeter = createGreeter(name);
  socket.on("data", (bytes: Buffer) => socket.write(greeter.answer(bytes)));
  socket.on("error", () => socket.destroy()); // the client's affair
}
