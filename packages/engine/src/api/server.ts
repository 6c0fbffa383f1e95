/** The API, served: on its unix socket, and over TLS where that is wanted. */

import type { Probe } from "../http.ts";
import { LOCAL_CALLER } from "./caller.ts";
import { callerOfCertificate, unproven } from "./certificate-caller.ts";
import type { HandlerOptions } from "./handlers.ts";
import { listenTls, TLS_KEEPALIVE, type TlsOptions } from "./tls-listener.ts";
import { createGrpcDoor, listenUnix } from "./unix-listener.ts";

/** What the server needs. */
export interface ApiServerOptions extends Pick<HandlerOptions, "api" | "onBug" | "audit" | "peers"> {
  /** Absolute path, at most 93 bytes. Its folder is made if it is missing. */
  readonly socketPath: string;
  /** Whether the node would serve, for gRPC's health checks. */
  health(): Promise<Probe>;
  /** Absent: not over the network. */
  readonly tls?: TlsOptions | undefined;
}

/** A server that listens. */
export interface ApiServer {
  /** Ports of the TLS addresses, in their order. */
  readonly tlsPorts: readonly number[];
  /** Let open calls end (at most a second), then go and take the socket away. */
  stop(): Promise<void>;
}

/**
 * Serve the API.
 *
 * @throws LbError as `listenUnix` and `listenTls`
 */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { createGrpcServer, GRACE_MS, shutDown } = await import("./grpc-server.ts"); // much that a client never needs
  const { createHealthService } = await import("./health-service.ts");
  await using parts = new AsyncDisposableStack(); // ended in reverse order, if anything below fails
  const health = createHealthService(options.health);
  parts.defer(() => health.stop());
  // two servers, so that no call over the network can ever be taken for one on the socket
  const local = createGrpcServer({ ...options, health, callerOf: () => LOCAL_CALLER });
  const unixDoor = createGrpcDoor(local);
  parts.defer(async () => {
    const ended = unixDoor.close(GRACE_MS);
    await shutDown(local); // which does not wait for connections that it was given
    await ended;
  });
  const socket = await listenUnix(options.socketPath, unixDoor.bind);
  parts.defer(() => socket.stop());
  let tlsPorts: readonly number[] = [];
  if (options.tls) {
    const remote = createGrpcServer({ ...options, health, callerOf: callerOverTls }, TLS_KEEPALIVE);
    parts.defer(() => shutDown(remote));
    const door = await listenTls(remote, options.tls);
    parts.defer(() => door.stop());
    tlsPorts = door.ports;
  }
  const running = parts.move();
  return { tlsPorts, stop: () => running.disposeAsync() };
}

/** gRPC hands the certificate out only if TLS has verified it. */
function callerOverTls(call: Parameters<HandlerOptions["callerOf"]>[0]) {
  const certificate = call.getAuthContext()?.sslPeerCertificate;
  if (!certificate) throw unproven();
  return callerOfCertificate(certificate, call.getPeer());
}
