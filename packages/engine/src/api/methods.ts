/**
 * The API's methods as a table: how a `NodeApi` answers each; what each takes and does is in method-traits.ts. Messages in, messages out: whatever
 * carries them (gRPC on a socket, a request from another node) goes by these tables.
 */
import type { handleServerStreamingCall, handleUnaryCall } from "@grpc/grpc-js";
import type { NodeHandlers } from "../../proto/generated/tandem/v1/Node.ts";
import type { Auditor } from "./audit.ts";
import type { Caller } from "./caller.ts";
import { encodeExplanation, encodeService, encodeStatus } from "./convert.ts";
import { decodeSpec, encodeDocument } from "./convert-document.ts";
import type { MethodName } from "./method-traits.ts";
import type { ConnectionStatus, NodeApi } from "./node-api.ts";
import * as read from "./requests.ts";

/** What a method is answered with, besides its request. */
export interface CallContext {
  readonly api: NodeApi;
  readonly caller: Caller;
  /** Told of calls with one answer; absent: nobody is. */
  readonly audit?: Auditor | undefined;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** A method with one answer. */
export interface UnaryMethod<Request, Answer> {
  readonly answer: (request: Request, context: CallContext) => Promise<Answer>;
}

/** A method with as many answers as there are. */
export interface StreamingMethod<Request, Answer> {
  readonly stream: (request: Request, context: CallContext) => AsyncIterable<Answer>;
}

type MethodTable = {
  readonly [M in MethodName]: NodeHandlers[M] extends handleServerStreamingCall<infer Request, infer Answer>
    ? StreamingMethod<Request, Answer>
    : NodeHandlers[M] extends handleUnaryCall<infer Request, infer Answer>
      ? UnaryMethod<Request, Answer>
      : never;
};

/** Connections in one message: about 40 KB. */
const BATCH = 256;

/** Every method of `tandem.v1.Node`. */
export const METHODS: MethodTable = {
  GetStatus: { answer: async (_, { api }) => encodeStatus(await api.status()) },
  ListServices: {
    answer: async (_, { api }) => ({ services: (await api.services()).map(encodeService) }),
  },
  ListConnections: {
    stream: (request, { api }) => batches(api.connections(read.readFilter(request))),
  },
  KillConnections: {
    answer: (request, { api, caller }) => api.kill(read.readKill(request, caller)),
  },
  ZeroCounters: {
    answer: (request, { api, caller }) => api.zero(read.readZero(request, caller)).then(() => ({})),
  },
  GetDocument: {
    answer: async (request, { api }) => encodeDocument(await api.document(read.readRevision(request))),
  },
  GetDocumentText: {
    answer: (request, { api }) => api.documentText(read.readRevision(request)),
  },
  ApplyDocument: {
    answer: (request, { api, caller }) =>
      api.apply(decodeSpec(request), {
        ...read.readApplyTerms(request, caller),
        dryRun: request.dryRun,
        role: caller.role,
      }),
  },
  ListRevisions: {
    answer: (request, { api }) => api.revisions(read.readLimit(request)),
  },
  RollBack: {
    answer: (request, { api, caller }) => api.rollBack(read.readRollBack(request, caller)),
  },
  RestoreDocument: {
    answer: (request, { api, caller }) =>
      api.restore(read.readBackup(request), read.readApplyTerms(request, caller)),
  },
  DrainDestination: {
    answer: (request, { api, caller }) => api.drain(read.readDrain(request, caller)),
  },
  Explain: {
    answer: async (request, { api }) => encodeExplanation(await api.explain(read.readQuestion(request))),
  },
  SwitchOver: {
    answer: (request, { api, caller }) => api.switchover(read.readSwitchover(request, caller)),
  },
  SetMaintenance: {
    answer: (request, { api, caller }) => api.setMaintenance(read.readMaintenance(request, caller)),
  },
  ForgetPeer: {
    answer: (request, { api, caller }) => api.forgetPeer(read.readForget(request, caller)).then(() => ({})),
  },
  WatchEvents: { stream: (request, { api, signal }) => api.events(read.readWatch(request), signal) },
  CapturePackets: {
    stream: (request, { api, signal }) => api.capture(read.readCapture(request), signal),
  },
  RunIpvsadm: {
    answer: (request, { api, caller }) =>
      api.ipvsadm({ ...read.readIpvsadm(request, caller), role: caller.role }),
  },
};

async function* batches(rows: AsyncIterable<ConnectionStatus>) {
  let connections: ConnectionStatus[] = [];
  for await (const row of rows) {
    connections.push(row);
    if (connections.length < BATCH) continue;
    yield { connections };
    connections = [];
  }
  if (connections.length > 0) yield { connections };
}
