/** The captures that run: the forwarder is told the widest filter, and each gets what its own one shows. */
import type { LbError } from "@tandem/model";
import { type CapturedPacket, type CaptureFilter, isShown, widestFilter } from "./core/capture/captured.ts";
import type { ForwarderOrder } from "./forwarder-protocol.ts";

/** Packets in the order of their times, and how many more there were that could not be kept: of all captures, since the last batch. */
export interface CapturedBatch {
  readonly packets: readonly CapturedPacket[];
  readonly lost: number;
}

/** Whoever looks. */
export interface CaptureListener {
  /** Packets have come, or were lost; never told of an empty batch. */
  tell(batch: CapturedBatch): void;
  /** Nothing more comes, as the forwarder is gone. */
  fail(error: LbError): void;
}

/** Captures of one engine. */
export interface Captures {
  /** Begin one. Returns what ends it, once or more often. */
  start(filter: CaptureFilter, listener: CaptureListener): () => void;
  /** A batch has come from the forwarder, which sent it after the order of this number. */
  take(batch: CapturedBatch & { readonly number: number }): void;
  /** The forwarder is gone: all fail, now and later. */
  fail(error: LbError): void;
}

interface Running {
  readonly filter: CaptureFilter;
  readonly listener: CaptureListener;
  /** The order that it began with: what was sent before is not for it. */
  readonly since: number;
}

/** No captures yet. `order` reaches the forwarder. */
export function createCaptures(order: (order: ForwarderOrder) => void): Captures {
  const running = new Map<symbol, Running>();
  let lastNumber = 0;
  let gone: LbError | undefined;

  function follow(): void {
    const filter = widestFilter([...running.values()].map((c) => c.filter));
    order({ type: "capture", number: ++lastNumber, filter });
  }

  return {
    start(filter, listener) {
      if (gone) {
        listener.fail(gone);
        return () => {};
      }
      const key = Symbol();
      running.set(key, { filter, listener, since: lastNumber + 1 });
      follow();
      return () => {
        if (running.delete(key)) follow();
      };
    },
    take({ packets, lost, number }) {
      order({ type: "captured_taken" });
      for (const { filter, listener, since } of [...running.values()]) {
        if (number < since) continue;
        const shown = packets.filter((packet) => isShown(filter, packet));
        if (shown.length > 0 || lost > 0) listener.tell({ packets: shown, lost });
      }
    },
    fail(error) {
      gone = error;
      const listeners = [...running.values()].map((c) => c.listener);
      running.clear();
      for (const listener of listeners) listener.fail(error);
    },
  };
}
