import { formatEndpoint } from "@tandem/model";
import type { Checker } from "../checker.ts";

/** How a destination of a pretended network takes a check. `broken` makes the checker itself reject, as a bug would. */
export type Mood = "healthy" | "refusing" | "silent" | "unaskable" | "broken";

export interface MemoryNetwork {
  /** By `address:port`; who is not in it refuses. */
  readonly moods: Map<string, Mood>;
  /** Endpoints asked, in order. */
  readonly asked: string[];
  readonly checker: Checker;
}

/** Destinations that exist only here, for tests in virtual time. */
export function createMemoryNetwork(): MemoryNetwork {
  const moods = new Map<string, Mood>();
  const asked: string[] = [];
  const checker: Checker = {
    async check(target, signal) {
      const key = formatEndpoint(target.address, target.port);
      asked.push(key);
      switch (moods.get(key)) {
        case "healthy":
          return { result: "good", why: "connected" };
        case "silent":
          return { result: "bad", why: await reasonOfAbort(signal) };
        case "unaskable":
          return { result: "unknown", why: "too many open files in this process" };
        case "broken":
          throw new Error("bug");
        default:
          return { result: "bad", why: "connection refused" };
      }
    },
  };
  return { moods, asked, checker };
}

function reasonOfAbort(signal: AbortSignal): Promise<string> {
  if (signal.aborted) return Promise.resolve(String(signal.reason));
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(String(signal.reason)), { once: true });
  });
}
