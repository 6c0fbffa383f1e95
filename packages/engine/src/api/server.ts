/** The gRPC server on its unix socket: nobody but the daemon's own user (and root) can connect, at no moment. */
import { chmod, mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { createConnection } from "node:net";
import { dirname, join } from "node:path";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { LbError } from "@tandem/model";
import { LOCAL_CALLER } from "./caller.ts";
import { carefulDefinition, MAX_MESSAGE_BYTES } from "./definition.ts";
import { type BugReport, createHandlers } from "./handlers.ts";
import type { NodeApi } from "./node-api.ts";

/** `sun_path` holds 108 bytes with the closing zero; the socket is born in a folder whose name is 14 bytes longer. unix(7). */
const MAX_PATH_BYTES = 107 - 14;
/** Calls that are still open at the stop get so long to end. */
const GRACE_MS = 1000;

/** What the server needs. */
export interface ApiServerOptions {
  /** Absolute path, at most 93 bytes. Its folder is made if it is missing. */
  socketPath: string;
  api: NodeApi;
  /** Told of errors in handlers that are bugs, not failures. */
  onBug: BugReport;
}

/** A server that listens. */
export interface ApiServer {
  /** Let open calls end (at most a second), then go and take the socket away. */
  stop(): Promise<void>;
}

/**
 * Listen on `socketPath`, mode 0600. A socket that a dead daemon left is replaced.
 *
 * @throws LbError refused (another daemon listens there) or unavailable (the path cannot be used)
 */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { socketPath } = options;
  const server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  server.addService(carefulDefinition, createHandlers({ ...options, callerOf: () => LOCAL_CALLER }));
  await assertFree(socketPath);
  try {
    await listen(server, socketPath);
  } catch (cause) {
    server.forceShutdown();
    throw unusable(socketPath, cause);
  }
  const { ino } = await stat(socketPath);
  return {
    async stop() {
      if ((await inodeOf(socketPath)) === ino) await rm(socketPath, { force: true });
      await shutDown(server);
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
async function listen(server: Server, socketPath: string): Promise<void> {
  await mkdir(dirname(socketPath), { recursive: true, mode: 0o755 });
  const nursery = await mkdtemp(join(dirname(socketPath), ".s-"));
  try {
    const newborn = join(nursery, "s");
    await bind(server, newborn);
    await chmod(newborn, 0o600);
    await rename(newborn, socketPath);
  } finally {
    await rm(nursery, { recursive: true, force: true });
  }
}

function bind(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    );
  });
}

async function shutDown(server: Server): Promise<void> {
  const ended = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  const impatience = setTimeout(() => server.forceShutdown(), GRACE_MS);
  await ended;
  clearTimeout(impatience);
}

const inodeOf = async (path: string): Promise<number | undefined> =>
  (await stat(path).catch(() => undefined))?.ino;

function unusable(socketPath: string, cause: unknown): LbError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new LbError({ code: "unavailable", what: `the socket path "${socketPath}"`, why }, { cause });
}
