/** What a NATS server refuses us: to come in at all, or a subject. */
import {
  AuthorizationError,
  PermissionViolationError,
  UserAuthenticationExpiredError,
} from "@nats-io/transport-node";

/** The latest refusal, as long as it holds. Times are ms of a monotonic clock. */
export interface NatsRefusal {
  /** Take an error of the client; those that are no refusals are passed over. */
  note(error: unknown, nowMs: number): void;
  onConnected(): void;
  onDisconnected(): void;
  /** In the server's words; undefined: none. */
  text(nowMs: number): string | undefined;
}

/** Hellos are published four times a second: one that is refused no more is allowed. A subscription is refused once, for good. */
const PUBLISHED_AGAIN_MS = 10_000;

/** Nothing is refused yet. */
export function createNatsRefusal(): NatsRefusal {
  let latest: { error: Error; atMs: number } | undefined;
  return {
    note(error, nowMs) {
      if (isRefusal(error)) latest = { error, atMs: nowMs };
    },
    onConnected() {
      if (!(latest?.error instanceof PermissionViolationError)) latest = undefined;
    },
    onDisconnected() {
      latest = undefined;
    },
    text(nowMs) {
      if (!latest) return undefined;
      const { error, atMs } = latest;
      const mayPass = error instanceof PermissionViolationError && error.operation === "publish";
      return mayPass && nowMs - atMs > PUBLISHED_AGAIN_MS ? undefined : error.message;
    },
  };
}

const isRefusal = (error: unknown): error is Error =>
  error instanceof AuthorizationError ||
  error instanceof UserAuthenticationExpiredError ||
  error instanceof PermissionViolationError;
