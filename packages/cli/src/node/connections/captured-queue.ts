/** Captured packets on their way to one watcher: what he does not take in time is lost and counted, and nobody waits for him. */
import type { CapturedBatch } from "@tandem/engine";

/** Packets that wait: about a megabyte, a second of a fast terminal. */
const MOST_WAITING = 4096;
/** Packets that are taken at once: 60 KB in a message. */
const MOST_TAKEN = 256;

/** A queue of batches; `lost` of each is what is missing before its packets. */
export interface CapturedQueue {
  put(batch: CapturedBatch): void;
  /** Nothing more comes; what is there can still be taken. */
  close(): void;
  /** Nothing more comes, for this reason. */
  fail(error: Error): void;
  /** The next batch, when it is there; undefined once closed and empty, or, if it has failed, rejects with that error. For one taker. */
  take(): Promise<CapturedBatch | undefined>;
}

/** An empty queue. */
export function createCapturedQueue(): CapturedQueue {
  const waiting: CapturedBatch[] = [];
  let count = 0;
  /** Missing behind the last that waits. */
  let lost = 0;
  let isClosed = false;
  let failure: Error | undefined;
  let wake = (): void => {};

  const isEmpty = () => waiting.length === 0 && lost === 0;

  function next(): CapturedBatch {
    const batch = waiting.shift();
    if (batch) {
      count -= batch.packets.length;
      return batch;
    }
    const alone = { packets: [], lost };
    lost = 0;
    return alone;
  }

  function close(): void {
    isClosed = true;
    wake();
  }

  return {
    put(batch) {
      if (isClosed) return;
      lost += batch.lost;
      const kept = batch.packets.slice(0, MOST_WAITING - count);
      for (let at = 0; at < kept.length; at += MOST_TAKEN) {
        waiting.push({ packets: kept.slice(at, at + MOST_TAKEN), lost });
        lost = 0;
      }
      count += kept.length;
      lost += batch.packets.length - kept.length;
      wake();
    },
    close,
    fail(error) {
      failure = error;
      close();
    },
    async take() {
      while (isEmpty() && !isClosed) await new Promise<void>((resolve) => (wake = resolve));
      if (isEmpty() && failure) throw failure;
      return isEmpty() ? undefined : next();
    },
  };
}
