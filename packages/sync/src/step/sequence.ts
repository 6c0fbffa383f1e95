/** Order in a gapless stream: what comes next is used, what comes early is held, what comes again is refused. */

/** How a number stands to the one that is awaited. */
export type Place = "next" | "duplicate" | "early";

/** Where `sequence` stands when `next` is awaited. */
export function placeOf(next: number, sequence: number): Place {
  if (sequence === next) return "next";
  return sequence < next ? "duplicate" : "early";
}

/** Frames that came early, by number. Bounded by the bytes that they take. */
export interface HeldFrames<T> {
  /** False if it is there already. */
  hold(sequence: number, frame: T, sizeBytes: number): boolean;
  /** Take out the frame with this number, if it is there. */
  take(sequence: number): T | undefined;
  /** Forget all up to and including `sequence`. */
  dropThrough(sequence: number): void;
  /** The lowest number held, or undefined. */
  first(): number | undefined;
  clear(): void;
  sizeBytes(): number;
}

/** An empty set of held frames. */
export function createHeldFrames<T>(): HeldFrames<T> {
  const frames = new Map<number, { frame: T; sizeBytes: number }>();
  let total = 0;
  const take = (sequence: number): T | undefined => {
    const held = frames.get(sequence);
    if (held === undefined) return undefined;
    frames.delete(sequence);
    total -= held.sizeBytes;
    return held.frame;
  };
  return {
    hold(sequence, frame, sizeBytes) {
      if (frames.has(sequence)) return false;
      frames.set(sequence, { frame, sizeBytes });
      total += sizeBytes;
      return true;
    },
    take,
    dropThrough(sequence) {
      for (const held of [...frames.keys()]) if (held <= sequence) take(held);
    },
    first() {
      let lowest: number | undefined;
      for (const held of frames.keys()) if (lowest === undefined || held < lowest) lowest = held;
      return lowest;
    },
    clear() {
      frames.clear();
      total = 0;
    },
    sizeBytes: () => total,
  };
}
