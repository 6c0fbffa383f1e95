import { createSocket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";

/** Echo every datagram with `<name> ` before it, so that a client sees when its flow has moved. Resolves when it listens. */
export async function listenUdpEcho(at: { host: string; port: number }, name: string): Promise<void> {
  const socket = createSocket(isIPv6(at.host) ? "udp6" : "udp4");
  const prefix = Buffer.from(`${name} `);
  socket.on("message", (bytes, from) => socket.send([prefix, bytes], from.port, from.address));
  socket.on("error", () => {}); // a client that has gone away
  socket.bind({ address: at.host, port: at.port });
  await once(socket, "listening");
}
