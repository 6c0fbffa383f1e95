/** A failure as `google.rpc.Status`, for clients that know the standard error model and nothing of Tandem. */
import { loadSync, type MessageTypeDefinition, type PackageDefinition } from "@grpc/proto-loader";
import type { LbFailure } from "@tandem/model";
import { PROTO_DIR } from "./definition.ts";

/** Trailer that carries it. */
export const DETAILS_TRAILER = "grpc-status-details-bin";
/** Clients over gRPC's C core refuse more than 8 KiB of trailers; base64 makes 4 of 3, and two others travel beside this one. */
const MAX_BYTES = 2048;
/** What is away comes back, or it does not: no need to ask more often. */
const RETRY_SECONDS = 1;
/** Of a text, and of a field of the failure; UTF-8 makes 3 bytes of one at most. */
const MAX_TEXT_CHARACTERS = 512;
const MAX_FIELD_CHARACTERS = 256;

/** One detail: its message's name, and its fields. */
type Detail = readonly [type: string, fields: object];

/** What each failure has to say besides its name and its data. */
const DETAILS: { [C in LbFailure["code"]]: (failure: Extract<LbFailure, { code: C }>) => Detail[] } = {
  not_found: ({ what, key }) => [["ResourceInfo", { resourceType: what, resourceName: key }]],
  already_exists: ({ what, key }) => [["ResourceInfo", { resourceType: what, resourceName: key }]],
  invalid_argument: ({ field, got, want }) => [
    ["BadRequest", { fieldViolations: [{ field, description: `is ${got}, wanted ${want}` }] }],
  ],
  invalid_document: ({ problems }) => [
    ["BadRequest", { fieldViolations: problems.map((p) => ({ field: p.path, description: p.message })) }],
  ],
  stale_revision: ({ have, current }) =>
    precondition([["REVISION", "document", `it is at revision ${current}, wanted ${have}`]]),
  unsupported: ({ missing }) =>
    precondition(missing.map((m) => ["MISSING", m.name, `is ${m.found}, wanted ${m.needs}; ${m.fix}`])),
  refused: ({ doing, why, want }) => precondition([["REFUSED", doing, `${why}, wanted ${want}`]]),
  forbidden: () => [],
  unavailable: () => [["RetryInfo", { retryDelay: { seconds: RETRY_SECONDS } }]],
};

/**
 * A failure's `google.rpc.Status`, encoded: an `ErrorInfo` (domain "tandem", reason: the failure's code in capitals, metadata: its fields that are
 * plain values), and what else the standard has for its kind. Long ones lose what is at their end. Never throws.
 *
 * @returns at most 2 KiB
 */
export function encodeStatusDetails(code: number, message: string, failure: LbFailure): Buffer {
  const details = (DETAILS[failure.code] as (f: LbFailure) => Detail[])(failure);
  const info: Detail = [
    "ErrorInfo",
    { reason: failure.code.toUpperCase(), domain: "tandem", metadata: plainFields(failure) },
  ];
  return fitting({ code, message: message.slice(0, MAX_TEXT_CHARACTERS) }, [info, ...details]);
}

function precondition(rows: (readonly [type: string, subject: string, description: string])[]): Detail[] {
  const violations = rows.map(([type, subject, description]) => ({ type, subject, description }));
  return [["PreconditionFailure", { violations }]];
}

const plainFields = ({ code: _, ...fields }: LbFailure): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      typeof value === "object" ? [] : [[name, String(value).slice(0, MAX_FIELD_CHARACTERS)]],
    ),
  );

/** Halves the lists of violations until all fits; after that, leaves details out from the end. */
function fitting(status: { code: number; message: string }, details: readonly Detail[]): Buffer {
  const bytes = encode("Status", { ...status, details: details.map(packed) });
  if (bytes.length <= MAX_BYTES || details.length === 0) return bytes;
  const last = details.at(-1)!;
  const shorter = halved(last);
  return fitting(status, [...details.slice(0, -1), ...(shorter ? [shorter] : [])]);
}

function halved([type, fields]: Detail): Detail | undefined {
  const [[name, list] = []] = Object.entries(fields);
  if (!name || !Array.isArray(list) || list.length < 2) return undefined;
  return [type, { [name]: list.slice(0, list.length >> 1) }];
}

const packed = ([type, fields]: Detail) => ({
  type_url: `type.googleapis.com/google.rpc.${type}`,
  value: encode(type, fields),
});

/** Loaded when the first failure is sent: clients never need them. */
let messages: PackageDefinition | undefined;

function encode(type: string, fields: object): Buffer {
  messages ??= loadSync(["google/rpc/status.proto", "google/rpc/error_details.proto"], {
    includeDirs: [PROTO_DIR],
  });
  return (messages[`google.rpc.${type}`] as MessageTypeDefinition<object, object>).serialize(fields);
}
