/** The way to the daemon: its API behind the unix socket or on the network, and plain words when it is not there. */
import { createConnection } from "node:net";
import { resolve } from "node:path";
import { type CallTerms, connectNode, type RemoteNode } from "@tandem/engine/client";
import { LbError } from "@tandem/model/failure";

/** Where the daemon is, and who asks. */
export interface DaemonAddress {
  /** Path of its socket; not looked at with a server. */
  readonly socket: string;
  /** `host:port` on the network; wants the other three, which are paths of PEM files. */
  readonly server?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Node of its cluster that is to answer; absent: itself. */
  readonly node?: string;
  /** What was typed, for the audit. */
  readonly command?: readonly string[];
}

/** Connect to the daemon, wherever it is. @throws LbError as `connectDaemon` and `connectServer` */
export async function connectTo(address: DaemonAddress): Promise<RemoteNode> {
  const { socket, server, node, command, ...proof } = address;
  const terms = { ...(node !== undefined && { answering: node }), ...(command && { command }) };
  if (server === undefined) return connectDaemon(socket, terms);
  return (await import("./server-client.ts")).connectServer(server, proof, terms);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "nothing is there; is it running? Start it with `tandem run`, or name its socket with --socket",
  ECONNREFUSED: "nobody listens; it has ended without tidying up. Start it with `tandem run`",
  EACCES: "permission denied; be root, or the user that it runs as",
  ENOTSOCK: "it is no socket",
};

/**
 * Connect to the daemon.
 *
 * @param socketPath relative to the working directory, or absolute
 * @throws LbError unavailable: `Cannot reach the daemon at "…": …`
 */
export async function connectDaemon(socketPath: string, terms?: CallTerms): Promise<RemoteNode> {
  const path = resolve(socketPath);
  await knock(path);
  return connectNode(path, terms);
}

/** gRPC would say no more than that it cannot connect: the system's own error tells why. */
function knock(path: string): Promise<void> {
  return new Promise((opened, refused) => {
    const socket = createConnection(path);
    socket.once("connect", () => {
      socket.destroy();
      opened();
    });
    socket.once("error", (cause: NodeJS.ErrnoException) => {
      const why = REASONS[cause.code ?? ""] ?? cause.message;
      refused(new LbError({ code: "unavailable", what: `the daemon at "${path}"`, why }, { cause }));
    });
  });
}
