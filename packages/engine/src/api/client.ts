/** A `NodeApi` on the other side of a unix socket, or of a network. */
import { isIP } from "node:net";
import { checkServerIdentity } from "node:tls";
import { type ChannelOptions, Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import type { MethodDefinition } from "@grpc/proto-loader";
import { LbError } from "@tandem/model/failure";
import { decodeExplanation, decodeService, decodeStatus } from "./convert.ts";
import { MAX_MESSAGE_BYTES, nodeDefinition as node } from "./definition.ts";
import { askForWholeFailures, fromStatus } from "./failure-status.ts";
import type { ConnectionFilter, ConnectionStatus, NodeApi, NodeEvent } from "./node-api.ts";
import { NODE_KEY } from "./peer-calls.ts";

/** Reading answers at once, or something is wrong. */
const READ_TIMEOUT_MS = 5_000;
/** A change may wait for the cluster's store: a NATS leader's election takes up to 5 s. */
const CHANGE_TIMEOUT_MS = 15_000;
/** Ending half a million connections takes some seconds, on each node. */
const KILL_TIMEOUT_MS = 60_000;
/** A switchover waits for the peer's acknowledgement, for VRRP, and then forwards on for 5 s. */
const SWITCHOVER_TIMEOUT_MS = 30_000;

/** A node's API at a distance, until closed. */
export type RemoteNode = NodeApi & { close(): void };

type Unary<Request, Answer> = Pick<
  MethodDefinition<Request, unknown, unknown, Answer>,
  "path" | "requestSerialize" | "responseDeserialize"
>;

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

const LIMITS: ChannelOptions = {
  "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
  "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
};
/** A node that vanishes says nothing: a watch would wait for ever. And nobody stands between an operator and his director. */
const OVER_NETWORK: ChannelOptions = {
  "grpc.keepalive_time_ms": 20_000,
  "grpc.keepalive_timeout_ms": 10_000,
  "grpc.enable_http_proxy": 0,
};

/** TLS names no addresses to a server, Node 26 refuses to, and grpc-js tries: it gets this name to tell. What is checked is the address. */
const SOME_NAME: ChannelOptions = { "grpc.ssl_target_name_override": "tandem.invalid" };

/** The document's schemas take longer to load than everything else here: only who wants a document waits for them. */
const documents = () => import("./convert-document.ts");

/**
 * A node: behind a unix socket (its absolute path), or on the network. Connects with the first call; a call fails with the very `LbError` of the
 * daemon, or with unavailable.
 *
 * @param answering name of the node of the cluster that is to answer; absent: the one that is called
 */
export function connectNode(address: string | ServerAddress, answering?: string): RemoteNode {
  const client = openClient(address);
  const daemon = `the daemon at "${typeof address === "string" ? address : address.server}"`;
  const metadata = askForWholeFailures(new Metadata());
  if (answering !== undefined) metadata.set(NODE_KEY, answering);

  function call<Request, Answer>(
    method: Unary<Request, Answer>,
    request: Request,
    timeoutMs = READ_TIMEOUT_MS,
  ): Promise<Answer> {
    const { path, requestSerialize: write, responseDeserialize: read } = method;
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        path,
        write,
        read,
        request,
        metadata,
        { deadline: Date.now() + timeoutMs },
        (error, answer) => (error ? reject(fromStatus(error, daemon)) : resolve(answer!)),
      );
    });
  }

  async function* stream<Request, Answer>(
    method: Unary<Request, Answer>,
    request: Request,
    signal?: AbortSignal,
  ): AsyncGenerator<Answer> {
    const { path, requestSerialize: write, responseDeserialize: read } = method;
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

  async function* connections(filter: ConnectionFilter): AsyncGenerator<ConnectionStatus> {
    const request = { ...filter, states: [...(filter.states ?? [])] };
    for await (const batch of stream(node.ListConnections, request)) yield* batch.connections;
  }

  return {
    connections,
    status: async () => decodeStatus(await call(node.GetStatus, {})),
    services: async () => (await call(node.ListServices, {})).services.map(decodeService),
    kill: ({ filter, ...request }) =>
      call(
        node.KillConnections,
        { ...request, filter: { ...filter, states: [...(filter.states ?? [])] } },
        KILL_TIMEOUT_MS,
      ),
    zero: async (request) => void (await call(node.ZeroCounters, request)),
    document: async (revision) =>
      (await documents()).decodeDocument(
        await call(node.GetDocument, revision === undefined ? {} : { revision }),
      ),
    documentText: (revision) => call(node.GetDocumentText, revision === undefined ? {} : { revision }),
    revisions: (limit) => call(node.ListRevisions, limit === undefined ? {} : { limit }),
    rollBack: (request) => call(node.RollBack, request, CHANGE_TIMEOUT_MS),
    async restore(document, terms) {
      const { encodeDocument } = await documents();
      return call(node.RestoreDocument, { document: encodeDocument(document), ...terms }, CHANGE_TIMEOUT_MS);
    },
    apply: async (spec, terms) =>
      call(node.ApplyDocument, { ...(await documents()).encodeSpec(spec), ...terms }, CHANGE_TIMEOUT_MS),
    drain: (request) => call(node.DrainDestination, request, CHANGE_TIMEOUT_MS),
    explain: async (question) => decodeExplanation(await call(node.Explain, question)),
    switchover: (request) => call(node.SwitchOver, request, SWITCHOVER_TIMEOUT_MS),
    setMaintenance: (request) => call(node.SetMaintenance, request),
    events: ({ follow, kinds, ...watch }, signal) =>
      stream(
        node.WatchEvents,
        { ...watch, kinds: [...kinds], noFollow: !follow },
        signal,
      ) as AsyncIterable<NodeEvent>,
    capture: ({ reasons, ...filter }, signal) =>
      stream(node.CapturePackets, { ...filter, reasons: [...reasons] }, signal),
    ipvsadm: ({ args, input, author }) =>
      call(node.RunIpvsadm, { args: [...args], input, author }, CHANGE_TIMEOUT_MS),
    close: () => client.close(),
  };
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
