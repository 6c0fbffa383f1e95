/** A `NodeApi` over whatever carries its calls: requests made, answers read. */
import type { MethodDefinition } from "@grpc/proto-loader";
import { decodeExplanation, decodeService, decodeStatus } from "./convert.ts";
import { nodeDefinition as node } from "./definition.ts";
import type { CapturedPackets, ConnectionFilter, ConnectionStatus, NodeApi, NodeEvent } from "./node-api.ts";

/** Reading answers at once, or something is wrong. */
const READ_TIMEOUT_MS = 5_000;
/** A change may wait for the cluster's store: a NATS leader's election takes up to 5 s. */
const CHANGE_TIMEOUT_MS = 15_000;
/** Ending half a million connections takes some seconds, on each node. */
const KILL_TIMEOUT_MS = 60_000;
/** A switchover waits for the peer's acknowledgement, for VRRP, and then forwards on for 5 s. */
const SWITCHOVER_TIMEOUT_MS = 30_000;

/** A method, with its codecs. */
export type ApiMethod<Request, Answer> = Pick<
  MethodDefinition<Request, unknown, unknown, Answer>,
  "path" | "requestSerialize" | "responseDeserialize"
>;

/** What carries calls. Both fail with `LbError`. */
export interface CallWay {
  unary<Request, Answer>(
    method: ApiMethod<Request, Answer>,
    request: Request,
    timeoutMs: number,
  ): Promise<Answer>;
  /** Ends early, without a failure, when `signal` is aborted. */
  stream<Request, Answer>(
    method: ApiMethod<Request, Answer>,
    request: Request,
    signal?: AbortSignal,
  ): AsyncIterable<Answer>;
}

/** The document's schemas take longer to load than everything else here: only who wants a document waits for them. */
const documents = () => import("./convert-document.ts");

/** The node at the other end. */
export function nodeOver({ unary, stream }: CallWay): NodeApi {
  const call = <Request, Answer>(
    method: ApiMethod<Request, Answer>,
    request: Request,
    timeoutMs = READ_TIMEOUT_MS,
  ) => unary(method, request, timeoutMs);

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
    forgetPeer: async (request) => void (await call(node.ForgetPeer, request)),
    events: ({ follow, kinds, ...watch }, signal) =>
      stream(
        node.WatchEvents,
        { ...watch, kinds: [...kinds], noFollow: !follow },
        signal,
      ) as AsyncIterable<NodeEvent>,
    capture: ({ reasons, ...filter }, signal) =>
      stream(
        node.CapturePackets,
        { ...filter, reasons: [...reasons] },
        signal,
      ) as AsyncIterable<CapturedPackets>,
    ipvsadm: ({ args, input, author }) =>
      call(node.RunIpvsadm, { args: [...args], input, author }, CHANGE_TIMEOUT_MS),
  };
}
