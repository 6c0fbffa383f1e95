/**
 * The API's methods as a table: the role that each takes, whether it changes anything, and how a `NodeApi` answers it. Messages in, messages out:
 * whatever carries them (gRPC on a socket, a request from another node) goes by this table.
 */
import type { handleServerStreamingCall, handleUnaryCall } from "@grpc/grpc-js";
import type { NodeHandlers } from "../../proto/generated/tandem/v1/Node.ts";
import type { Auditor } from "./audit.ts";
import type { ApiRole, Caller } from "./caller.ts";
import { encodeExplanation, encodeService, encodeStatus } from "./convert.ts";
import { decodeSpec, encodeDocument } from "./convert-document.ts";
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

interface MethodTraits {
  readonly role: ApiRole;
  /** Whether it is told in the audit. */
  readonly changes: boolean;
}

/** A method with one answer. */
export interface UnaryMethod<Request, Answer> extends MethodTraits {
  readonly answer: (request: Request, context: CallContext) => Promise<Answer>;
}

/** A method with as many answers as there are. */
export interface StreamingMethod<Request, Answer> extends MethodTraits {
  readonly stream: (request: Request, context: CallContext) => AsyncIterable<Answer>;
}

/** Names of the methods alone: the generated type also allows any other. */
export type MethodName = keyof {
  [M in keyof NodeHandlers as string extends M ? never : number extends M ? never : M]: true;
};

type MethodTable = {
  readonly [M in MethodName]: NodeHandlers[M] extends handleServerStreamingCall<infer Request, infer Answer>
    ? StreamingMethod<Request, Answer>
    : NodeHandlers[M] extends handleUnaryCall<infer Request, infer Answer>
      ? UnaryMethod<Request, Answer>
      : never;
};

/** Connections in one message: about 40 KB. */
const BATCH = 256;

const VIEW: MethodTraits = { role: "view", changes: false };
const OPERATE: MethodTraits = { role: "operate", changes: true };
const ADMIN: MethodTraits = { role: "admin", changes: true };

/** Every method of `tandem.v1.Node`. */
export const METHODS: MethodTable = {
  GetStatus: { ...VIEW, answer: async (_, { api }) => encodeStatus(await api.status()) },
  ListServices: {
    ...VIEW,
    answer: async (_, { api }) => ({ services: (await api.services()).map(encodeService) }),
  },
  ListConnections: {
    ...VIEW,
    stream: (request, { api }) => batches(api.connections(read.readFilter(request))),
  },
  KillConnections: {
    ...OPERATE,
    answer: (request, { api, caller }) => api.kill(read.readKill(request, caller)),
  },
  ZeroCounters: {
    ...OPERATE,
    answer: (request, { api, caller }) => api.zero(read.readZero(request, caller)).then(() => ({})),
  },
  GetDocument: {
    ...VIEW,
    answer: async (request, { api }) => encodeDocument(await api.document(read.readRevision(request))),
  },
  GetDocumentText: {
    ...VIEW,
    answer: (request, { api }) => api.documentText(read.readRevision(request)),
  },
  ApplyDocument: {
    ...OPERATE, // to weigh; more is refused by what it changes
    answer: (request, { api, caller }) =>
      api.apply(decodeSpec(request), {
        ...read.readApplyTerms(request, caller),
        dryRun: request.dryRun,
        role: caller.role,
      }),
  },
  ListRevisions: {
    ...VIEW,
    answer: (request, { api }) => api.revisions(read.readLimit(request)),
  },
  RollBack: {
    ...ADMIN,
    answer: (request, { api, caller }) => api.rollBack(read.readRollBack(request, caller)),
  },
  RestoreDocument: {
    ...ADMIN,
    answer: (request, { api, caller }) =>
      api.restore(read.readBackup(request), read.readApplyTerms(request, caller)),
  },
  DrainDestination: {
    ...OPERATE,
    answer: (request, { api, caller }) => api.drain(read.readDrain(request, caller)),
  },
  Explain: {
    ...VIEW,
    answer: async (request, { api }) => encodeExplanation(await api.explain(read.readQuestion(request))),
  },
  SwitchOver: {
    ...OPERATE,
    answer: (request, { api, caller }) => api.switchover(read.readSwitchover(request, caller)),
  },
  SetMaintenance: {
    ...OPERATE,
    answer: (request, { api, caller }) => api.setMaintenance(read.readMaintenance(request, caller)),
  },
  ForgetPeer: {
    ...OPERATE,
    answer: (request, { api, caller }) => api.forgetPeer(read.readForget(request, caller)).then(() => ({})),
  },
  WatchEvents: { ...VIEW, stream: (request, { api, signal }) => api.events(read.readWatch(request), signal) },
  CapturePackets: {
    role: "operate",
    changes: false,
    stream: (request, { api, signal }) => api.capture(read.readCapture(request), signal),
  },
  RunIpvsadm: {
    role: "view",
    changes: false, // what it changes is told by the document's history
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
