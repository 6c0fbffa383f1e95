/** Failures as gRPC statuses and back: code and standard details for any client, the failure itself as JSON in a trailer for ours. */
import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { describeFailure, LbError, type LbFailure } from "@tandem/model/failure";
import { DETAILS_TRAILER, encodeStatusDetails } from "./status-details.ts";

const TRAILER = "tandem-failure-bin";
/** Metadata by which a client says that it takes trailers up to what Node's HTTP/2 takes, 64 KiB. */
const ROOM = { key: "tandem-failure", value: "whole" } as const;
/** With room: base64 makes 4 of 3, and the text travels beside it. Without: clients over gRPC's C core refuse more than 8 KiB in all. */
const MAX_TRAILER_BYTES = { whole: 24 * 1024, short: 2048 } as const;
const MAX_TEXT_CHARACTERS = { whole: 1024, short: 512 } as const;

const STATUS: Record<LbFailure["code"], status> = {
  not_found: status.NOT_FOUND,
  already_exists: status.ALREADY_EXISTS,
  invalid_argument: status.INVALID_ARGUMENT,
  invalid_document: status.INVALID_ARGUMENT,
  stale_revision: status.ABORTED,
  unsupported: status.FAILED_PRECONDITION,
  refused: status.FAILED_PRECONDITION,
  forbidden: status.PERMISSION_DENIED,
  unavailable: status.UNAVAILABLE,
};

/** The status that a failure travels as. */
export interface FailureStatus {
  code: status;
  details: string;
  metadata: Metadata;
}

/** What our clients send with each call, so that they are told all that is wrong with a document. */
export function askForWholeFailures(metadata: Metadata): Metadata {
  metadata.set(ROOM.key, ROOM.value);
  return metadata;
}

/**
 * Status of anything thrown in a handler; what is no `LbError` is a bug and shows only that. Never throws.
 *
 * @param asked metadata of the call
 */
export function toStatus(error: unknown, asked?: Metadata): FailureStatus {
  const metadata = new Metadata();
  if (!(error instanceof LbError))
    return { code: status.INTERNAL, details: "internal error, see the daemon's log", metadata };
  const { failure, message } = error;
  const code = STATUS[failure.code];
  const room = asked?.get(ROOM.key).includes(ROOM.value) ? "whole" : "short";
  metadata.set(TRAILER, Buffer.from(JSON.stringify(fitting(failure, MAX_TRAILER_BYTES[room]))));
  metadata.set(DETAILS_TRAILER, encodeStatusDetails(code, message, failure));
  return { code, details: printable(message, MAX_TEXT_CHARACTERS[room]), metadata };
}

/** grpc-js percent-encodes the text, and that throws at half a surrogate pair. */
const printable = (text: string, characters: number): string => text.slice(0, characters).toWellFormed();

/** The failure, its list of problems cut to what a trailer can hold. */
function fitting(failure: LbFailure, maxBytes: number): LbFailure {
  if (Buffer.byteLength(JSON.stringify(failure)) <= maxBytes) return failure;
  if (failure.code !== "invalid_document" || failure.problems.length < 2)
    return {
      code: "unavailable",
      what: "the whole answer",
      why: printable(describeFailure(failure), MAX_TEXT_CHARACTERS.short),
    };
  const kept = failure.problems.slice(0, failure.problems.length >> 1);
  return fitting({ ...failure, problems: kept }, maxBytes);
}

/**
 * The error that a failed call stands for.
 *
 * @param daemon how to call the other side in "Cannot reach …"
 * @param changes whether the call was to change something: without an answer nobody knows whether it has
 * @returns the very failure that the handler threw, where the trailer has it; else `unavailable` with the status in words. Never throws.
 */
export function fromStatus(error: ServiceError, daemon: string, changes = false): LbError {
  const failure = failureIn(error.metadata);
  if (failure) return new LbError(failure, { cause: error });
  const why = error.code === status.DEADLINE_EXCEEDED ? "no answer in time" : error.details;
  const isOpen = changes && LOST.has(error.code) && !error.details.startsWith(NEVER_SENT);
  const after = isOpen ? "; what was asked may have been carried out" : "";
  return new LbError({ code: "unavailable", what: daemon, why: why + after }, { cause: error });
}

/** Of calls that were sent, and whose answer did not come. */
const LOST: ReadonlySet<status> = new Set([status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.CANCELLED]);
/** As grpc-js says that there was no connection to send anything on. */
const NEVER_SENT = "No connection established";

function failureIn(metadata: Metadata | undefined): LbFailure | undefined {
  const [bytes] = metadata?.get(TRAILER) ?? [];
  return Buffer.isBuffer(bytes) ? parseFailure(bytes.toString()) : undefined;
}

/** A failure that was written as JSON. Undefined if it is none, or none that this version knows. Never throws. */
export function parseFailure(json: string): LbFailure | undefined {
  try {
    const failure: unknown = JSON.parse(json);
    return isFailure(failure) ? failure : undefined;
  } catch {
    return undefined;
  }
}

/** A known code whose text can be made: a newer daemon may send what this version does not know. */
function isFailure(value: unknown): value is LbFailure {
  const code = (value as { code?: unknown } | null)?.code;
  if (typeof code !== "string" || !Object.hasOwn(STATUS, code)) return false;
  return describeFailure(value as LbFailure) !== "";
}
