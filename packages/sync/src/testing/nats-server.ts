/** A real nats-server on a loopback port of its own, for tests. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** A server that can be killed and started again on the same port. */
export interface NatsServer {
  readonly url: string;
  start(): Promise<void>;
  /** Kill it outright. Does nothing if it is not running. */
  kill(): Promise<void>;
  /** Let it hang, or go on: connections stay open. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void;
}

/** Start `nats-server` (Debian package `nats-server`). Rejects if it cannot be started. */
export async function startNatsServer(): Promise<NatsServer> {
  const port = await freePort();
  let server: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    server = spawn("nats-server", ["-a", "127.0.0.1", "-p", String(port)], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    await Promise.race([
      ready(server),
      once(server, "exit").then(() => Promise.reject(new Error("nats-server exited"))),
    ]);
  };
  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    start,
    async kill() {
      if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
      const exited = once(server, "exit");
      server.kill("SIGKILL");
      await exited;
    },
    signal: (signal) => server?.kill(signal),
  };
}

/** Its log is read to the end: a server that cannot write its log dies. */
function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    server.stderr!.on("data", (text) => String(text).includes("Server is ready") && resolve());
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
