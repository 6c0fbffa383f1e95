import { AuthorizationError, PermissionViolationError } from "@nats-io/transport-node";
import { expect, test } from "vitest";
import { createNatsRefusal } from "./nats-refusal.ts";

const forbidden = (operation: "publish" | "subscription") =>
  new PermissionViolationError(`no ${operation}`, operation, "tandem.web.sync", undefined);

test("a refusal to come in is told until we are in", () => {
  const refusal = createNatsRefusal();
  refusal.note(new AuthorizationError("Authorization Violation"), 0);
  expect(refusal.text(1_000_000)).toBe("Authorization Violation");
  refusal.onConnected();
  expect(refusal.text(1_000_000)).toBeUndefined();
});

test("a subject that is forbidden to publish is told as long as it is, and another one for good", () => {
  const refusal = createNatsRefusal();
  refusal.note(forbidden("publish"), 0);
  refusal.onConnected();
  expect([refusal.text(10_000), refusal.text(10_001)]).toEqual(["no publish", undefined]);
  refusal.note(forbidden("subscription"), 0);
  expect(refusal.text(1_000_000)).toBe("no subscription");
  refusal.onDisconnected();
  expect(refusal.text(0)).toBeUndefined();
});

test("what is no refusal is passed over", () => {
  const refusal = createNatsRefusal();
  refusal.note(new Error("connection refused"), 0);
  refusal.note(undefined, 0);
  expect(refusal.text(0)).toBeUndefined();
});
