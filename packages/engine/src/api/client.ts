/** A `NodeApi` on the other side of a unix socket. */
import { Client, credentials, type ServiceError } from "@grpc/grpc-js";
import type { MethodDefinition } from "@grpc/proto-loader";
import { LbError } from "@tandem/model";
import { decodeExplanation, decodeService, decodeStatus } from "./convert.ts";
import { decodeDocument, encodeSpec } from "./convert-document.ts";
import { MAX_MESSAGE_BYTES, nodeDefinition as node } from "./definition.ts";
import { fromStatus } from "./failure-status.ts";
import type { ConnectionFilter, ConnectionStatus, NodeApi, NodeEvent } from "./node-api.ts";

/** Reading answers at once, or something is wrong. */
const READ_TIMEOUT_MS = 5_000;
/** A change may wait for the cluster's store: a NATS leader's election takes up to 5 s. */
const CHANGE_TIMEOUT_MS = 15_000;
/** A switchover waits for the peer's acknowledgement, for VRRP, and then forwards on for 5 s. */
const SWITCHOVER_TIMEOUT_MS = 30_000;

/** A node's API at a distance, until closed. */
export type RemoteNode = NodeApi & { close(): void };

type Unary<Request, Answer> = Pick<
  MethodDefinition<Request, unknown, unknown, Answer>,
  "path" | "requestSerialize" | "responseDeserialize"
>;

/** The node behind `socketPath` (absolute). Connects with the first call; a call fails with the very `LbError` of the daemon, or with unavailable. */
export function connectNode(socketPath: string): RemoteNode {
  const client = new Client(`unix:${socketPath}`, credentials.createInsecure(), {
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  const daemon = `the daemon at "${socketPath}"`;

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
    const answers = client.makeServerStreamRequest(path, write, read, request);
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
      call(node.KillConnections, { ...request, filter: { ...filter, states: [...(filter.states ?? [])] } }),
    zero: async (request) => void (await call(node.ZeroCounters, request)),
    document: async (revision) =>
      decodeDocument(await call(node.GetDocument, revision === undefined ? {} : { revision })),
    revisions: async (limit) =>
      (await call(node.ListRevisions, limit === undefined ? {} : { limit })).revisions,
    rollBack: (request) => call(node.RollBack, request, CHANGE_TIMEOUT_MS),
    apply: (spec, terms) => call(node.ApplyDocument, { ...encodeSpec(spec), ...terms }, CHANGE_TIMEOUT_MS),
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
