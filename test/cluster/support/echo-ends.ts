/** TCP and UDP echo, as the lab's servers do it, on further endpoints: NAME HOST:PORT… Prints `ready`, then runs until it is killed. */
import { fileURLToPath } from "node:url";
import { type LabNode, until } from "../../lab/index.ts";
import { listenTcpEcho } from "../../lab/servers/tcp-echo.ts";
import { listenUdpEcho } from "../../lab/servers/udp-echo.ts";

const FILE = fileURLToPath(import.meta.url);
const START_DEADLINE_MS = 10_000;

/** Where to listen. */
export interface EchoEnd {
  readonly host: string;
  readonly port: number;
}

if (process.argv[1] === FILE) {
  const [name, ends] = process.argv.slice(2);
  const at = JSON.parse(ends!) as EchoEnd[];
  await Promise.all(at.flatMap((end) => [listenTcpEcho(end, name!), listenUdpEcho(end, name!)]));
  console.log("ready");
}

/** Echo at these endpoints of a node, until the lab ends. Resolves when it listens. */
export async function serveEcho(node: LabNode, ends: readonly EchoEnd[]): Promise<void> {
  const echo = await node.spawn("echo", [process.execPath, FILE, node.name, JSON.stringify(ends)]);
  await until(() => echo.log().includes("ready"), {
    deadlineMs: START_DEADLINE_MS,
    what: `${node.name} echoes`,
  });
}
