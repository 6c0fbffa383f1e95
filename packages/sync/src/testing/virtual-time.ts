/** A clock that jumps from one appointment to the next. */
export interface VirtualTime {
  nowMs(): number;
  /** Appointments at one moment are kept in the order in which they were made. */
  after(delayMs: number, act: () => void): void;
  /** Keep all appointments of the next `durationMs`. */
  run(durationMs: number): void;
}

interface Appointment {
  readonly atMs: number;
  readonly order: number;
  readonly act: () => void;
}

const isEarlier = (a: Appointment, b: Appointment): boolean =>
  a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

/** Starts at 0. */
export function createVirtualTime(): VirtualTime {
  const heap: Appointment[] = [];
  let nowMs = 0;
  let made = 0;
  return {
    nowMs: () => nowMs,
    after(delayMs, act) {
      push(heap, { atMs: nowMs + delayMs, order: made++, act });
    },
    run(durationMs) {
      const endMs = nowMs + durationMs;
      while (heap.length > 0 && heap[0]!.atMs <= endMs) {
        const next = pop(heap);
        nowMs = next.atMs;
        next.act();
      }
      nowMs = endMs;
    },
  };
}

function push(heap: Appointment[], added: Appointment): void {
  let at = heap.push(added) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isEarlier(added, heap[parent]!)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = added;
}

/** The caller has checked that there is one. */
function pop(heap: Appointment[]): Appointment {
  const first = heap[0]!;
  const moved = heap.pop()!;
  if (heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isEarlier(heap[child + 1]!, heap[child]!)) child++;
    if (!isEarlier(heap[child]!, moved)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = moved;
  return first;
}
