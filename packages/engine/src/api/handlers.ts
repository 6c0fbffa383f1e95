/** Every method of the gRPC service, answered by a `NodeApi`. No handler lets an error escape: a failure becomes a status, a bug is also reported. */
import { once } from "node:events";
import type { ServerUnaryCall, ServerWritableStream, sendUnaryData } from "@grpc/grpc-js";
import { LbError } from "@tandem/model";
import type { ConnectionBatch } from "../../proto/generated/tandem/v1/ConnectionBatch.ts";
import type { ListConnectionsRequest__Output } from "../../proto/generated/tandem/v1/ListConnectionsRequest.ts";
import type { NodeHandlers } from "../../proto/generated/tandem/v1/Node.ts";
import { encodeExplanation, encodeService, encodeStatus } from "./convert.ts";
import { decodeSpec, encodeDocument } from "./convert-document.ts";
import { MalformedRequest } from "./definition.ts";
import { toStatus } from "./failure-status.ts";
import type { ConnectionStatus, NodeApi } from "./node-api.ts";
import { readApplyTerms, readDrain, readFilter, readQuestion } from "./requests.ts";

/** Connections in one message: about 40 KB. */
const BATCH = 256;

/** What is told of errors that are no failures. */
export type BugReport = (error: unknown) => void;

/** The service's methods over `api`. Cost: one call of `api` each. */
export function createHandlers(api: NodeApi, onBug: BugReport): NodeHandlers {
  const unary = answering(onBug);
  return {
    GetStatus: unary(async () => encodeStatus(await api.status())),
    ListServices: unary(async () => ({ services: (await api.services()).map(encodeService) })),
    ListConnections: (call) => void listConnections(api, call).catch((e) => refuse(call, e, onBug)),
    GetDocument: unary(async () => encodeDocument(await api.document())),
    ApplyDocument: unary(async (request) => api.apply(decodeSpec(request), readApplyTerms(request))),
    DrainDestination: unary(async (request) => api.drain(readDrain(request))),
    Explain: unary(async (request) => encodeExplanation(await api.explain(readQuestion(request)))),
    SwitchOver: unary((request) => api.switchover(request)),
  };
}

function answering(onBug: BugReport) {
  return <Request, Answer>(answer: (request: Request) => Promise<Answer>) =>
    (call: ServerUnaryCall<Request, Answer>, done: sendUnaryData<Answer>): void => {
      wellFormed(call.request)
        .then(answer)
        .then(
          (value) => done(null, value),
          (error) => done(statusOf(error, onBug)),
        );
    };
}

async function wellFormed<Request>(request: Request): Promise<Request> {
  if (!(request instanceof MalformedRequest)) return request;
  const field = "its encoding";
  const want = "a message of tandem.v1";
  throw new LbError({ code: "invalid_argument", doing: "read the request", field, got: request.why, want });
}

function statusOf(error: unknown, onBug: BugReport) {
  if (!(error instanceof LbError)) onBug(error);
  return toStatus(error);
}

type ListCall = ServerWritableStream<ListConnectionsRequest__Output, ConnectionBatch>;

/** Streams at the client's pace; ends early when the client goes away. */
async function listConnections(api: NodeApi, call: ListCall): Promise<void> {
  const filter = readFilter(await wellFormed(call.request));
  // not once(): that would reject, unheard, at the "error" that refuse() emits
  const cancelled = new Promise((resolve) => call.once("cancelled", resolve));
  for await (const connections of batches(api.connections(filter))) {
    if (call.cancelled) return;
    if (!call.write({ connections })) await Promise.race([once(call, "drain"), cancelled]);
  }
  call.end();
}

function refuse(call: ListCall, error: unknown, onBug: BugReport): void {
  if (!call.cancelled) call.emit("error", statusOf(error, onBug));
}

async function* batches(rows: AsyncIterable<ConnectionStatus>): AsyncGenerator<ConnectionStatus[]> {
  let batch: ConnectionStatus[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
