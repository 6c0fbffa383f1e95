/** Who is told of what happens to connections, so that peers hear of it. */

/** Told what happens to connections: the publisher, or nobody. */
export interface ConnectionObserver {
  /** The record has changed in a way that peers may want to know. */
  changed(family: 4 | 6, index: number, now: number): void;
  /** What is kept beside the record has changed. */
  annexed(family: 4 | 6, index: number, now: number): void;
  /** The connection is still whole, but about to be known by another port of its client. */
  renaming(family: 4 | 6, index: number, now: number): void;
  /** The record is still whole, but about to be found no more. */
  retiring(family: 4 | 6, index: number, now: number): void;
  /** The connection is still whole, but about to end. */
  ending(family: 4 | 6, index: number, now: number): void;
  /** Ticks after which the connection wants to be looked at though its timeout is later; 0 for never. */
  lookAgainAfter(family: 4 | 6, index: number, timeout: number): number;
  /** A timer fired and the connection lives on. */
  looked(family: 4 | 6, index: number, now: number): void;
}

/** Nobody wants to know. */
export const NO_OBSERVER: ConnectionObserver = {
  changed() {},
  annexed() {},
  renaming() {},
  retiring() {},
  ending() {},
  lookAgainAfter: () => 0,
  looked() {},
};

/** An observer who is told what `observer` is, and of ends after `onEnding`. */
export const afterEnding = (
  onEnding: (family: 4 | 6, index: number) => void,
  observer: ConnectionObserver,
): ConnectionObserver => ({
  ...observer,
  ending(family, index, now) {
    onEnding(family, index);
    observer.ending(family, index, now);
  },
});
