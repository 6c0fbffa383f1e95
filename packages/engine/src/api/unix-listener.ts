/** Doors on this machine: unix sockets that nobody but the daemon's own user (and root) can connect to, at no moment. */
import { chmod, mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { createConnection, createServer, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { type Server, ServerCredentials } from "@grpc/grpc-js";
import { LbError } from "@tandem/model";

/** `sun_path` holds 108 bytes with the closing zero; the socket is born in a folder whose name is 14 bytes longer. unix(7). */
const MAX_PATH_BYTES = 107 - 14;

/** A door that is open. */
export interface UnixListener {
  /** Take the socket away, unless a successor's is there. */
  stop(): Promise<void>;
}

/** Makes a server listen on a path that is free. */
export type Bind = (path: string) => Promise<void>;

/**
 * Listen on `socketPath`, mode 0600. A socket that a dead daemon left is replaced.
 *
 * @throws LbError refused (another daemon listens there) or unavailable (the path cannot be used)
 */
export async function listenUnix(socketPath: string, bind: Bind): Promise<UnixListener> {
  await assertFree(socketPath);
  try {
    await listen(socketPath, bind);
  } catch (cause) {
    throw unusable(socketPath, cause);
  }
  const { ino } = await stat(socketPath);
  return {
    async stop() {
      if ((await inodeOf(socketPath)) === ino) await rm(socketPath, { force: true });
    },
  };
}

/** A socket that nobody answers on may be replaced; one that somebody answers on, or any other file, may not. */
async function assertFree(socketPath: string): Promise<void> {
  if (Buffer.byteLength(socketPath) > MAX_PATH_BYTES)
    throw unusable(socketPath, new Error(`the path is longer than ${MAX_PATH_BYTES} bytes`));
  const found = await stat(socketPath).catch(() => undefined);
  if (found && !found.isSocket()) throw unusable(socketPath, new Error("it is there and is no socket"));
  if (found && (await isAnswered(socketPath)))
    throw new LbError({
      code: "refused",
      doing: `listen on "${socketPath}"`,
      why: "another daemon listens there",
      want: "one daemon per socket (stop it, or give this one another socket)",
    });
}

function isAnswered(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    const say = (answered: boolean) => () => {
      socket.destroy();
      resolve(answered);
    };
    socket.once("connect", say(true)).once("error", say(false));
  });
}

/** Binds in a folder that only we can enter and moves the finished socket to its place, so that its mode is right before anybody sees it. */
async function listen(socketPath: string, bind: Bind): Promise<void> {
  await mkdir(dirname(socketPath), { recursive: true, mode: 0o755 });
  const nursery = await mkdtemp(join(dirname(socketPath), ".s-"));
  try {
    const newborn = join(nursery, "s");
    await bind(newborn);
    await chmod(newborn, 0o600);
    await rename(newborn, socketPath);
  } finally {
    await rm(nursery, { recursive: true, force: true });
  }
}

/** More than this machine's operators and scripts need at a time; fewer than the files that a process may open at the least, or callers that never hang up would end it. */
const MAX_CONNECTIONS = 256;

/** A server behind a path, as long as it is not closed. */
export interface UnixDoor {
  readonly bind: Bind;
  /** Take no new connections, and hang up on those that have not ended in this time: they would keep the process alive. */
  close(graceMs: number): Promise<void>;
}

/** How connections come to a gRPC server: one beyond the most is hung up on. */
export function createGrpcDoor(server: Server): UnixDoor {
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return createUnixDoor((socket) => {
    socket.on("error", () => {}); // what goes wrong in one connection is for its client to tell
    injector.injectConnection(socket);
  });
}

/** How connections come to whoever takes them: one beyond the most is hung up on. */
export function createUnixDoor(take: (socket: Socket) => void): UnixDoor {
  const open = new Set<Socket>();
  const door = createServer((socket) => {
    open.add(socket.once("close", () => open.delete(socket)));
    take(socket);
  });
  door.maxConnections = MAX_CONNECTIONS;
  return {
    bind: (path) => new Promise((resolve, reject) => void door.once("error", reject).listen(path, resolve)),
    async close(graceMs) {
      const ended = new Promise<unknown>((resolve) => door.close(resolve));
      const impatience = setTimeout(() => {
        for (const socket of open) socket.destroy();
      }, graceMs);
      await ended;
      clearTimeout(impatience);
    },
  };
}

const inodeOf = async (path: string): Promise<number | undefined> =>
  (await stat(path).catch(() => undefined))?.ino;

function unusable(socketPath: string, cause: unknown): LbError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new LbError({ code: "unavailable", what: `the socket path "${socketPath}"`, why }, { cause });
}
