import { join } from "node:path";
import { loadSync, type MessageTypeDefinition } from "@grpc/proto-loader";
import { LbError, type LbFailure } from "@tandem/model";
import { expect, test } from "vitest";
import { toStatus } from "./failure-status.ts";

const messages = loadSync(["google/rpc/status.proto", "google/rpc/error_details.proto"], {
  keepCase: true,
  longs: Number,
  includeDirs: [join(import.meta.dirname, "../../proto")],
});
const decode = (name: string, bytes: Buffer): Record<string, unknown> =>
  (messages[name] as MessageTypeDefinition<object, Record<string, unknown>>).deserialize(bytes);

interface Any {
  readonly type_url: string;
  readonly value: Buffer;
}

/** What a client of the standard error model reads. */
function read(failure: LbFailure) {
  const { metadata, ...sent } = toStatus(new LbError(failure));
  const bytes = metadata.get("grpc-status-details-bin")[0] as Buffer;
  const { code, message, details = [] } = decode("google.rpc.Status", bytes);
  const told = (details as Any[]).map(({ type_url, value }) => {
    const name = type_url.replace("type.googleapis.com/", "");
    return [name.replace("google.rpc.", ""), decode(name, value)];
  });
  expect({ code, message }).toEqual({ code: sent.code, message: sent.details });
  return { bytes, details: Object.fromEntries(told) };
}

const info = (reason: string, metadata: Record<string, string>) => ({ reason, domain: "tandem", metadata });

const cases: { failure: LbFailure; details: object }[] = [
  {
    failure: { code: "not_found", what: "service", key: "tcp 1.2.3.4:5" },
    details: {
      ErrorInfo: info("NOT_FOUND", { what: "service", key: "tcp 1.2.3.4:5" }),
      ResourceInfo: { resource_type: "service", resource_name: "tcp 1.2.3.4:5" },
    },
  },
  {
    failure: { code: "already_exists", what: "service", key: "k" },
    details: {
      ErrorInfo: info("ALREADY_EXISTS", { what: "service", key: "k" }),
      ResourceInfo: { resource_type: "service", resource_name: "k" },
    },
  },
  {
    failure: { code: "invalid_argument", doing: "drain", field: "author", got: '""', want: "a name" },
    details: {
      ErrorInfo: info("INVALID_ARGUMENT", { doing: "drain", field: "author", got: '""', want: "a name" }),
      BadRequest: { field_violations: [{ field: "author", description: 'is "", wanted a name' }] },
    },
  },
  {
    failure: {
      code: "invalid_document",
      source: "f.yaml",
      problems: [{ line: 3, column: 4, path: "services[0].port", message: "found 0, wanted 1" }],
    },
    details: {
      ErrorInfo: info("INVALID_DOCUMENT", { source: "f.yaml" }),
      BadRequest: { field_violations: [{ field: "services[0].port", description: "found 0, wanted 1" }] },
    },
  },
  {
    failure: { code: "stale_revision", have: 1, current: 2 },
    details: {
      ErrorInfo: info("STALE_REVISION", { have: "1", current: "2" }),
      PreconditionFailure: {
        violations: [{ type: "REVISION", subject: "document", description: "it is at revision 2, wanted 1" }],
      },
    },
  },
  {
    failure: { code: "unsupported", missing: [{ name: "BPF", needs: "6.1", found: "5.4", fix: "upgrade" }] },
    details: {
      ErrorInfo: { reason: "UNSUPPORTED", domain: "tandem" },
      PreconditionFailure: {
        violations: [{ type: "MISSING", subject: "BPF", description: "is 5.4, wanted 6.1; upgrade" }],
      },
    },
  },
  {
    failure: { code: "refused", doing: "switch over", why: "no peer", want: "one" },
    details: {
      ErrorInfo: info("REFUSED", { doing: "switch over", why: "no peer", want: "one" }),
      PreconditionFailure: {
        violations: [{ type: "REFUSED", subject: "switch over", description: "no peer, wanted one" }],
      },
    },
  },
  {
    failure: { code: "forbidden", doing: "call X", who: '"a"', want: "a role" },
    details: { ErrorInfo: info("FORBIDDEN", { doing: "call X", who: '"a"', want: "a role" }) },
  },
  {
    failure: { code: "unavailable", what: "NATS", why: "gone" },
    details: {
      ErrorInfo: info("UNAVAILABLE", { what: "NATS", why: "gone" }),
      RetryInfo: { retry_delay: { seconds: 1 } },
    },
  },
];
for (const { failure, details } of cases) {
  test(`${failure.code} has its details in the standard error model`, () =>
    expect(read(failure).details).toEqual(details));
}

test("details of ten thousand problems are cut, and some of them arrive", () => {
  const problem = { line: 1, column: 1, path: "services[0].port", message: "wanted ü".repeat(8) };
  const problems = new Array<typeof problem>(10_000).fill(problem);
  const { bytes, details } = read({ code: "invalid_document", source: "f", problems });
  expect(bytes.length).toBeLessThanOrEqual(2048);
  expect(details.BadRequest.field_violations.length).toBeGreaterThan(4);
});

/** HPACK counts 32 bytes for each header beside its name and value: RFC 7541 §4.1. */
test("all trailers of a long failure fit the 8 KiB of gRPC's C core", () => {
  const key = "\u{1f500}".repeat(10_000);
  const sent = toStatus(
    new LbError({ code: "invalid_argument", doing: key, field: key, got: key, want: key }),
  );
  const headers = { ...sent.metadata.toHttp2Headers(), "grpc-message": encodeURI(sent.details) };
  const sizes = Object.entries(headers).map(([name, value]) => name.length + String(value).length + 32);
  expect(sizes.reduce((a, b) => a + b)).toBeLessThan(8192);
});
