/** The last frames of our own stream as they were sent, for followers that missed some. */

/** Sent frames by number, the oldest dropped first. */
export interface ReplayRing {
  /** Keep a sealed frame; numbers come in order without gaps. The oldest go when `limitBytes` is passed. */
  push(sequence: number, frame: Uint8Array): void;
  /** The lowest number that can still be sent again; the next number to come if there is none. */
  oldest(): number;
  /** Frames `first`..`last` as far as they are kept, from `first` on, until `maxBytes` is reached; at least one if there is one. */
  read(first: number, last: number, maxBytes: number): Uint8Array[];
}

/** An empty ring of at most `limitBytes`. */
export function createReplayRing(limitBytes: number): ReplayRing {
  const frames = new Map<number, Uint8Array>();
  let oldest = 1;
  let total = 0;
  return {
    push(sequence, frame) {
      frames.set(sequence, frame);
      total += frame.length;
      while (total > limitBytes) {
        total -= frames.get(oldest)!.length;
        frames.delete(oldest++);
      }
    },
    oldest: () => oldest,
    read(first, last, maxBytes) {
      const found: Uint8Array[] = [];
      let bytes = 0;
      for (let sequence = first; sequence <= last && bytes < maxBytes; sequence++) {
        const frame = frames.get(sequence);
        if (frame === undefined) break;
        found.push(frame);
        bytes += frame.length;
      }
      return found;
    },
  };
}
