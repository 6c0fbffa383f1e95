/** A `NodeApi` on the other side of a unix socket, or of a network. */
import { isIP } from "node:net";
import { checkServerIdentity } from "node:tls";
import {
  type ChannelOptions,
  Client,
  type ClientUnaryCall,
  credentials,
  Metadata,
  type ServiceError,
} from "@grpc/grpc-js";
import { LbError } from "@tandem/model/failure";
import { COMMAND_KEY, commandLine, MAX_COMMAND_CHARACTERS } from "./command-line.ts";
import { MAX_MESSAGE_BYTES } from "./definition.ts";
import { askForWholeFailures, fromStatus } from "./failure-status.ts";
import { mayChange, nameOf } from "./method-traits.ts";
import type { NodeApi } from "./node-api.ts";
import { type ApiMethod, nodeOver } from "./node-over.ts";
import { NODE_KEY } from "./peer-calls.ts";

/** A node's API at a distance, until closed: what is still asked then fails. */
export type RemoteNode = NodeApi & { close(): void };

/** A node on the network: PEM texts prove who is who. */
export interface ServerAddress {
  /** `host:port`, IPv6 in brackets. */
  readonly server: string;
  /** CA that the node's certificate must be of. */
  readonly ca: string;
  /** Of the client, with its key. */
  readonly certificate: string;
  readonly key: string;
}

/** How a node is called. */
export interface CallTerms {
  /** Name of the node of the cluster that is to answer; absent: the one that is called. */
  readonly answering?: string;
  /** What was typed, in words, for the audit; absent: it does not say. */
  readonly command?: readonly string[];
}

const LIMITS: ChannelOptions = {
  "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
  "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  // Whoever asks each second sees a daemon that is back: gRPC would wait up to two minutes before it tries again.
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 1000,
};
/** A node that vanishes says nothing: a watch would wait for ever. And nobody stands between an operator and his director. */
const OVER_NETWORK: ChannelOptions = {
  "grpc.keepalive_time_ms": 20_000,
  "grpc.keepalive_timeout_ms": 10_000,
  "grpc.enable_http_proxy": 0,
};

/** TLS names no addresses to a server, Node 26 refuses to, and grpc-js tries: it gets this name to tell. What is checked is the address. */
const SOME_NAME: ChannelOptions = { "grpc.ssl_target_name_override": "tandem.invalid" };

/**
 * A node: behind a unix socket (its absolute path), or on the network. Connects with the first call; a call fails with the very `LbError` of the
 * daemon, or with unavailable.
 */
export function connectNode(address: string | ServerAddress, terms: CallTerms = {}): RemoteNode {
  const client = openClient(address);
  const daemon = `the daemon at "${typeof address === "string" ? address : address.server}"`;
  const metadata = metadataOf(terms);
  const pending = new Set<ClientUnaryCall>();

  function unary<Request, Answer>(
    method: ApiMethod<Request, Answer>,
    request: Request,
    timeoutMs: number,
  ): Promise<Answer> {
    const { path, requestSerialize: write, responseDeserialize: read } = method;
    return new Promise((resolve, reject) => {
      const asked = client.makeUnaryRequest(
        path,
        write,
        read,
        request,
        metadata,
        { deadline: Date.now() + timeoutMs },
        (error, answer) => {
          pending.delete(asked);
          if (error) reject(fromStatus(error, daemon, mayChange(nameOf(method), request)));
          else resolve(answer!);
        },
      );
      pending.add(asked);
    });
  }

  async function* stream<Request, Answer>(
    method: ApiMethod<Request, Answer>,
    request: Request,
    signal?: AbortSignal,
  ): AsyncGenerator<Answer> {
    const { path, requestSerialize: write, responseDeserialize: read } = method;
    if (signal?.aborted) return;
    const answers = client.makeServerStreamRequest(path, write, read, request, metadata);
    answers.on("error", () => {}); // a cancelled stream errs once more, when nobody reads it
    const cancel = () => answers.cancel();
    signal?.addEventListener("abort", cancel);
    try {
      yield* answers as AsyncIterable<Answer>;
    } catch (error) {
      if (signal?.aborted) return;
      throw error instanceof LbError ? error : fromStatus(error as ServiceError, daemon);
    } finally {
      signal?.removeEventListener("abort", cancel);
      answers.cancel();
    }
  }

  function close(): void {
    for (const asked of pending) asked.cancel();
    client.close();
  }

  return { ...nodeOver({ unary, stream }), close };
}

function metadataOf({ answering, command }: CallTerms): Metadata {
  const metadata = askForWholeFailures(new Metadata());
  if (answering !== undefined) metadata.set(NODE_KEY, answering);
  if (command) metadata.set(COMMAND_KEY, Buffer.from(commandLine(command).slice(0, MAX_COMMAND_CHARACTERS)));
  return metadata;
}

function openClient(address: string | ServerAddress): Client {
  if (typeof address === "string") return new Client(`unix:${address}`, credentials.createInsecure(), LIMITS);
  const { server, ca, key, certificate } = address;
  const host = server.slice(0, server.lastIndexOf(":")).replace(/^\[(.*)\]$/, "$1");
  const proof = credentials.createSsl(Buffer.from(ca), Buffer.from(key), Buffer.from(certificate), {
    checkServerIdentity: (_, presented) => checkServerIdentity(host, presented),
  });
  return new Client(`dns:${server}`, proof, { ...LIMITS, ...OVER_NETWORK, ...(isIP(host) && SOME_NAME) });
}
