import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { LbError, type LbFailure } from "@tandem/model";
import { expect, test } from "vitest";
import { askForWholeFailures, fromStatus, toStatus } from "./failure-status.ts";

/** As our client meets what the server threw. */
const back = (error: unknown): LbError =>
  fromStatus(
    Object.assign(new Error("grpc"), toStatus(error, askForWholeFailures(new Metadata()))) as ServiceError,
    "the daemon",
  );

const cases: { failure: LbFailure; code: status }[] = [
  { failure: { code: "not_found", what: "destination", key: "10.0.0.9" }, code: status.NOT_FOUND },
  { failure: { code: "already_exists", what: "service", key: "tcp 1.2.3.4:5" }, code: status.ALREADY_EXISTS },
  {
    failure: { code: "invalid_argument", doing: "drain", field: "author", got: '""', want: "more" },
    code: status.INVALID_ARGUMENT,
  },
  {
    failure: {
      code: "invalid_document",
      source: "ä.yaml",
      problems: [{ line: 3, column: 4, path: "a", message: "wanted ü" }],
    },
    code: status.INVALID_ARGUMENT,
  },
  { failure: { code: "stale_revision", have: 1, current: 2 }, code: status.ABORTED },
  {
    failure: { code: "unsupported", missing: [{ name: "BPF", needs: "6.1", found: "5.4", fix: "upgrade" }] },
    code: status.FAILED_PRECONDITION,
  },
  {
    failure: { code: "refused", doing: "switch over", why: "no peer", want: "one" },
    code: status.FAILED_PRECONDITION,
  },
  { failure: { code: "unavailable", what: "NATS", why: "gone" }, code: status.UNAVAILABLE },
];
for (const { failure, code } of cases) {
  test(`${failure.code} travels as status ${status[code]} and comes back as it was`, () => {
    expect(toStatus(new LbError(failure)).code).toBe(code);
    expect(back(new LbError(failure)).failure).toEqual(failure);
  });
}

test("a bug shows nothing of itself", () => {
  const sent = toStatus(new TypeError("x is undefined"));
  expect(sent).toMatchObject({ code: status.INTERNAL, details: "internal error, see the daemon's log" });
});

test("ten thousand problems are cut to what the trailer holds", () => {
  const problems = Array.from({ length: 10_000 }, (_, i) => ({
    line: i,
    column: 1,
    path: "p",
    message: "wanted",
  }));
  const { failure } = back(new LbError({ code: "invalid_document", source: "f", problems }));
  if (failure.code !== "invalid_document") throw new Error(failure.code);
  expect(failure.problems.length).toBeGreaterThan(100);
  expect(failure.problems).toEqual(problems.slice(0, failure.problems.length));
});

test("a failure too long for the trailer comes back cut, as unavailable", () => {
  const failure: LbFailure = { code: "not_found", what: "service", key: "x".repeat(100_000) };
  expect(back(new LbError(failure)).failure.code).toBe("unavailable");
});

test("half a surrogate pair in the text does not break the encoding of the status", () => {
  const { details } = toStatus(new LbError({ code: "not_found", what: "service", key: "\ud800" }));
  expect(() => encodeURI(details)).not.toThrow();
});

const foreign = [
  { name: "no trailer", trailer: undefined },
  { name: "no JSON", trailer: "{" },
  { name: "null", trailer: "null" },
  { name: "an unknown code", trailer: '{"code":"constructor"}' },
  { name: "a known code without its fields", trailer: '{"code":"invalid_document"}' },
];
for (const { name, trailer } of foreign) {
  test(`a status with ${name} is unavailable, with the status in words`, () => {
    const metadata = new Metadata();
    if (trailer) metadata.set("tandem-failure-bin", Buffer.from(trailer));
    const error = Object.assign(new Error(), { code: status.UNKNOWN, details: "odd", metadata });
    expect(fromStatus(error, "the daemon").message).toBe("Cannot reach the daemon: odd");
  });
}
