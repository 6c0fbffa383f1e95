/** The captures that run: the forwarder is told the widest filter, and each gets what its own one shows. */
import { type CapturedPacket, type CaptureFilter, isShown, widestFilter } from "./core/capture/captured.ts";
import type { ForwarderOrder } from "./forwarder-protocol.ts";

/** Packets in the order of their times, and how many more there were that could not be kept: of all captures, since the last batch. */
export interface CapturedBatch {
  readonly packets: readonly CapturedPacket[];
  readonly lost: number;
}

/** Told of packets; never of an empty batch. */
export type CaptureListener = (batch: CapturedBatch) => void;

/** Captures of one engine. */
export interface Captures {
  /** Begin one. Returns what ends it, once or more often. */
  start(filter: CaptureFilter, tell: CaptureListener): () => void;
  /** A batch has come from the forwarder. */
  take(batch: CapturedBatch): void;
}

/** No captures yet. `order` reaches the forwarder. */
export function createCaptures(order: (order: ForwarderOrder) => void): Captures {
  const running = new Map<symbol, { filter: CaptureFilter; tell: CaptureListener }>();
  const follow = () =>
    order({ type: "capture", filter: widestFilter([...running.values()].map((c) => c.filter)) });

  return {
    start(filter, tell) {
      const key = Symbol();
      running.set(key, { filter, tell });
      follow();
      return () => {
        if (running.delete(key)) follow();
      };
    },
    take({ packets, lost }) {
      order({ type: "captured_taken" });
      for (const { filter, tell } of [...running.values()]) {
        const shown = packets.filter((packet) => isShown(filter, packet));
        if (shown.length > 0 || lost > 0) tell({ packets: shown, lost });
      }
    },
  };
}
