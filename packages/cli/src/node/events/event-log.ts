/** A node's stream of events: what happens is appended to a ring, and every watcher reads it at its own pace. */
import type { EventWatch, NodeEvent } from "@tandem/engine";
import type { Happening } from "./event-details.ts";
import { createEventRing, type Gap, isOfKind } from "./event-ring.ts";

/** Events that are kept: some megabytes, and weeks of a quiet cluster. */
const KEPT_EVENTS = 10_000;

/** A stream of events. */
export interface EventLog {
  /** Never throws. */
  tell(happening: Happening): void;
  /** As `NodeApi.events`. A watcher costs a cursor, however slow it is. */
  watch(watch: EventWatch, signal: AbortSignal): AsyncGenerator<NodeEvent>;
}

/** What a stream is made of. */
export interface EventLogOptions {
  readonly node: string;
  /** As in `createEventRing`. */
  readonly epoch: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly capacity?: number;
}

/** An empty stream. */
export function createEventLog({ node, epoch, now, capacity = KEPT_EVENTS }: EventLogOptions): EventLog {
  const ring = createEventRing({ epoch, capacity });
  /** Ends the wait of every watcher that has seen everything. */
  const waiting = new Set<() => void>();

  const gapEvent = ({ because, lost, token }: Gap): NodeEvent => ({
    token,
    timeMs: now(),
    node,
    kind: "gap",
    severity: "warning",
    subject: "",
    text: `${lost === undefined ? "Events" : `${lost} events`} before this are lost: ${GAP_WORDS[because]}`,
    details: { because, ...(lost !== undefined && { lost: String(lost) }) },
  });

  return {
    tell(happening) {
      ring.append({ ...happening, timeMs: now(), node, details: { ...happening.details } });
      for (const wake of waiting) wake();
      waiting.clear();
    },
    async *watch({ follow, kinds, ...from }, signal) {
      let wake = () => {};
      signal.addEventListener("abort", () => wake());
      let cursor = ring.begin({ kinds, ...from });
      while (!signal.aborted) {
        const { gap, events, next } = ring.read(cursor);
        if (gap) yield gapEvent(gap);
        for (const event of events) if (isOfKind(event, kinds)) yield event;
        cursor = next;
        if (gap || events.length > 0) continue;
        if (!follow) return;
        // nothing has been waited for since the ring was read: what comes from now on wakes
        await new Promise<void>((resolve) => {
          wake = resolve;
          waiting.add(resolve);
        });
        waiting.delete(wake);
      }
    },
  };
}

const GAP_WORDS: Record<Gap["because"], string> = {
  overrun: "more happened since than the node keeps",
  restart: "the daemon was started anew since",
};
