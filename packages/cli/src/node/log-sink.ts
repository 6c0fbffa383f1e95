/** Where log lines go: a file descriptor that may stall, break or be full, none of which may hold up the daemon or end it. */

/** Ways to a file descriptor, of which any write may take a part only. */
export interface LogOutlet {
  /** Write in the background; `done` is told how many bytes were taken, or why none were. */
  write(bytes: Uint8Array, done: (error: Error | null, taken: number) => void): void;
  /** Write now. @returns bytes taken; throws why none were */
  writeNow(bytes: Uint8Array): number;
  /** Call back when a reader that had no room (EAGAIN) may have some again. */
  whenRoom(act: () => void): void;
}

/** What lines are given to. */
export interface LogSink {
  /** Take a line, its end included. Never waits, never throws. */
  write(line: string): void;
  /** Write what is pending, as far as that can be done at once: the process ends. Never throws. */
  flushSync(): void;
}

/** Bytes that wait for a reader that stalls; lines beyond are lost. */
const MOST_PENDING = 4 << 20;
/** A write at the end is tried so often, so long apart, while the reader has no room: half a second. */
const LAST_TRIES = 50;
const BETWEEN_TRIES_MS = 10;
/** As a pipe says that its reader stalls: it never blocks, whoever opened it. */
const NO_ROOM = "EAGAIN";

const END_OF_LINE = Buffer.from("\n");

/**
 * A sink that drops what cannot be written, and counts it. `onLost` is called when lines are taken again: with how many were not, and why. Lines are
 * whole, but for the last one before a loss.
 */
export function createLogSink(
  outlet: LogOutlet,
  onLost: (lost: number, why: string) => void,
  mostPending = MOST_PENDING,
): LogSink {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let isWriting = false;
  let isTorn = false;
  let lost = 0;
  let why = "";

  function lose(lines: number, because: string): void {
    lost += lines;
    why = because;
  }

  function take(): Uint8Array {
    const batch = Buffer.concat(isTorn ? [END_OF_LINE, ...pending] : pending);
    pending = [];
    pendingBytes = 0;
    return batch;
  }

  function next(): void {
    isWriting = pending.length > 0;
    if (isWriting) write(take());
  }

  function write(batch: Uint8Array): void {
    outlet.write(batch, (error, taken) => {
      if (error && codeOf(error) === NO_ROOM) return wait(batch);
      if (error) {
        lose(linesIn(batch), error.message);
        return next();
      }
      isTorn = taken < batch.length;
      if (isTorn) return write(batch.subarray(taken));
      next();
      tellLoss(); // when there is room again
    });
  }

  /** What its reader had no room for is the first that it gets; the rest of a line that it has begun is at its head. */
  function wait(batch: Uint8Array): void {
    isTorn = false;
    pending.unshift(batch);
    pendingBytes += batch.length;
    outlet.whenRoom(next);
  }

  function tellLoss(): void {
    if (lost === 0) return;
    const [lines, because] = [lost, why];
    lost = 0;
    onLost(lines, because);
  }

  return {
    write(line) {
      const bytes = Buffer.from(line);
      if (pendingBytes + bytes.length > mostPending) return lose(1, "its reader stalls");
      pending.push(bytes);
      pendingBytes += bytes.length;
      if (!isWriting) next();
    },
    flushSync() {
      let rest = take();
      for (let tries = 0; rest.length > 0 && tries < LAST_TRIES; tries++) {
        try {
          rest = rest.subarray(outlet.writeNow(rest));
        } catch (error) {
          if (codeOf(error) !== NO_ROOM) return;
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BETWEEN_TRIES_MS);
        }
      }
    },
  };
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** No line is empty: an end at the head is that of a line which is there already. */
const linesIn = (bytes: Uint8Array): number =>
  bytes.subarray(1).reduce((n, byte) => n + (byte === 0x0a ? 1 : 0), 0);
