/** The API's door to the network: TLS both ways, from 1.2 on. Certificates are looked at again and again, and taken up without a restart. */
import { X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import {
  createSecureContext,
  createServer,
  type SecureContextOptions,
  type Server as TlsServer,
} from "node:tls";
import { type Server, ServerCredentials, type ServerOptions } from "@grpc/grpc-js";
import { LbError } from "@tandem/model";

/** PEM texts: the node's certificate with what stands between it and its CA, its key, and the CA that clients' certificates are of. */
export interface TlsIdentity {
  readonly certificate: string;
  readonly key: string;
  readonly clientCa: string;
}

/** From when till when a certificate is good. */
export interface CertificateTerm {
  readonly begins: Date;
  readonly ends: Date;
}

/** Where to listen, and as whom. */
export interface TlsOptions {
  /** Port 0 takes a free one. */
  readonly listen: readonly { readonly host: string; readonly port: number }[];
  /** Reads the identity anew. Fails with `LbError`. */
  load(): Promise<TlsIdentity>;
  /** Told when a new identity is in force, or why one that was found is not. */
  onIdentity(outcome: CertificateTerm | { readonly failure: unknown }): void;
  /** How often it is looked for one, milliseconds. */
  readonly lookEveryMs?: number;
}

/** A door that is open. */
export interface TlsListener {
  /** As listened on. */
  readonly ports: readonly number[];
  /** Take no new connections. */
  stop(): void;
}

const LOOK_EVERY_MS = 10_000;
/** Calls of clients of a CA that is no longer trusted get so long to end. */
const DRAIN_MS = 1_000;
const HANDSHAKE_TIMEOUT_MS = 5_000;
const MAX_CONNECTIONS = 256;
/** Strangers hold a connection only for the time of a handshake, and few at a time: a quarter of all. */
const MAX_HANDSHAKES = 64;

/** What a server behind this door needs besides: who sends nothing for half a minute and does not answer 10 s after that is gone. */
export const TLS_KEEPALIVE: ServerOptions = {
  "grpc.keepalive_time_ms": 30_000,
  "grpc.keepalive_timeout_ms": 10_000,
};

/** Let a server be called over TLS. @throws LbError refused (certificate, key and CA do not fit) or unavailable (an address cannot be listened on) */
export async function listenTls(server: Server, options: TlsOptions): Promise<TlsListener> {
  const { listen, load, onIdentity, lookEveryMs = LOOK_EVERY_MS } = options;
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure()); // TLS is ended here
  let identity = await load();
  let isWell = true;
  onIdentity(check(identity));
  const doors = listen.map(() => createDoor(identity).on("secureConnection", injector.injectConnection));

  async function look(): Promise<void> {
    const found = await load();
    if (isWell && isSame(found, identity)) return;
    const term = check(found);
    for (const door of doors) door.setSecureContext(contextOf(found));
    if (found.clientCa !== identity.clientCa) injector.drain(DRAIN_MS); // whom the new CA does not know must not stay
    identity = found;
    isWell = true;
    onIdentity(term);
  }
  function fail(failure: unknown): void {
    isWell = false;
    onIdentity({ failure });
  }
  const ports = await Promise.all(doors.map((door, i) => open(door, listen[i]!))).catch((error) => {
    for (const door of doors) door.close();
    throw error;
  });
  const looking = setInterval(() => void look().catch(fail), lookEveryMs);
  return {
    ports,
    stop() {
      clearInterval(looking);
      for (const door of doors) door.close();
    },
  };
}

const contextOf = ({ certificate, key, clientCa }: TlsIdentity): SecureContextOptions => ({
  cert: certificate,
  key,
  ca: clientCa,
  minVersion: "TLSv1.2",
});

function createDoor(identity: TlsIdentity): TlsServer {
  const door = createServer({
    ...contextOf(identity),
    requestCert: true,
    rejectUnauthorized: true,
    ALPNProtocols: ["h2"],
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  });
  door.maxConnections = MAX_CONNECTIONS;
  boundHandshakes(door);
  // what goes wrong in one connection is for its client to tell
  return door.on("secureConnection", (socket) => socket.on("error", () => {}));
}

/** Of too many handshakes the oldest makes room: one takes milliseconds, so whoever only connects keeps nobody out. */
function boundHandshakes(door: TlsServer): void {
  const underWay = new Map<string, Socket>();
  door.on("connection", (socket) => {
    const end = endOf(socket);
    underWay.set(end, socket);
    socket.once("close", () => underWay.delete(end));
    const [oldest] = underWay;
    if (underWay.size <= MAX_HANDSHAKES || !oldest) return;
    underWay.delete(oldest[0]);
    oldest[1].destroy();
  });
  door.on("secureConnection", (socket) => underWay.delete(endOf(socket)));
}

/** The client's end of a connection: TLS gives it a socket of its own. */
const endOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

function open(door: TlsServer, { host, port }: { host: string; port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    door.once("error", (cause) => {
      const what = `the API's address "${host}", port ${port}`;
      reject(new LbError({ code: "unavailable", what, why: cause.message }, { cause }));
    });
    door.listen(port, host, () => resolve((door.address() as { port: number }).port));
  });
}

const isSame = (a: TlsIdentity, b: TlsIdentity): boolean =>
  a.certificate === b.certificate && a.key === b.key && a.clientCa === b.clientCa;

/** The certificate's term. @throws LbError refused: what does not fit together, or is over */
function check(identity: TlsIdentity): CertificateTerm {
  try {
    createSecureContext(contextOf(identity));
    new X509Certificate(identity.clientCa);
    const { validFromDate: begins, validToDate: ends } = new X509Certificate(identity.certificate);
    if (ends > new Date()) return { begins, ends };
    throw new Error(`the certificate ended on ${ends.toISOString()}`);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const want = "a certificate in force, its own key, and the CA of clients' certificates, in PEM";
    throw new LbError({ code: "refused", doing: "serve the API over TLS", why, want }, { cause });
  }
}
