/** The client's side of the lab's echo servers. */
import { once } from "node:events";
import type { Socket } from "node:net";

/** Write, and read as much. */
export async function echo(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  let got = "";
  while (got.length < text.length) got += String((await once(socket, "data"))[0]);
  return got;
}

/** The same, and hang up. */
export async function echoOnce(socket: Socket, text: string): Promise<string> {
  const got = await echo(socket, text);
  socket.destroy();
  return got;
}

/** The name of the server at the other end. */
export async function echoName(socket: Socket): Promise<string> {
  socket.write("name?\n");
  const [name] = (await once(socket, "data")) as [Buffer];
  return name.toString().trim();
}
