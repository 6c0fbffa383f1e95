/** The latest events of a node, in a ring: appending forgets the oldest, and whoever comes too late is told so. Pure. */
import type { EventWatch, NodeEvent } from "@tandem/engine";
import { LbError } from "@tandem/model";

/** Events that one reading brings at most. */
const SLICE = 256;

/** The last event that a reader has seen: its stream, and its number there; 0: none. */
export interface Cursor {
  readonly epoch: string;
  readonly sequence: number;
}

/** What a reader has missed. */
export interface Gap {
  readonly because: "overrun" | "restart";
  /** Events that are lost; undefined where nobody knows. */
  readonly lost: number | undefined;
  /** Token of the last of them. */
  readonly token: string;
}

/** What comes after a cursor. */
export interface Reading {
  /** Comes before the events. */
  readonly gap: Gap | undefined;
  readonly events: readonly NodeEvent[];
  /** Where to go on. */
  readonly next: Cursor;
}

/** The ring; its events have the numbers from 1 on. */
export interface EventRing {
  append(event: Omit<NodeEvent, "token">): NodeEvent;
  /** Where a watch begins. @throws LbError invalid_argument for a token that no ring can have given */
  begin(watch: Pick<EventWatch, "resumeToken" | "backlog" | "kinds">): Cursor;
  /** At most 256 events after a cursor; none: there are no more yet. Never throws. */
  read(after: Cursor): Reading;
}

/** An empty ring. `epoch` names this start of the daemon, and is never used again: lower-case letters and digits. */
export function createEventRing({ epoch, capacity }: { epoch: string; capacity: number }): EventRing {
  const slots: NodeEvent[] = [];
  let latest = 0;
  const oldest = () => Math.max(1, latest - capacity + 1);
  const at = (sequence: number): NodeEvent => slots[sequence % capacity]!;
  const tokenOf = (sequence: number) => `${epoch}-${sequence}`;

  function gapAfter(cursor: Cursor): Gap | undefined {
    const token = tokenOf(oldest() - 1);
    if (cursor.epoch !== epoch) return { because: "restart", lost: undefined, token };
    const lost = oldest() - 1 - cursor.sequence;
    return lost > 0 ? { because: "overrun", lost, token } : undefined;
  }

  /** The number before the last `backlog` events of these kinds. */
  function before(backlog: number, kinds: readonly string[]): number {
    let sequence = latest;
    for (let left = backlog; sequence >= oldest() && left > 0; sequence--)
      if (isOfKind(at(sequence), kinds)) left--;
    return sequence;
  }

  return {
    append(said) {
      const event = { token: tokenOf(++latest), ...said };
      slots[latest % capacity] = event;
      return event;
    },
    begin({ resumeToken, backlog, kinds }) {
      if (resumeToken === undefined) return { epoch, sequence: before(backlog, kinds) };
      const cursor = parseToken(resumeToken);
      if (!cursor || (cursor.epoch === epoch && cursor.sequence > latest)) throw foreign(resumeToken);
      return cursor;
    },
    read(after) {
      const gap = gapAfter(after);
      const from = gap ? oldest() : after.sequence + 1;
      const end = Math.min(from + SLICE, latest + 1);
      const events = Array.from({ length: end - from }, (_, i) => at(from + i));
      return { gap, events, next: { epoch, sequence: end - 1 } };
    },
  };
}

/** Whether a watch for these kinds wants an event; none named: all of them. */
export const isOfKind = (event: NodeEvent, kinds: readonly string[]): boolean =>
  kinds.length === 0 || kinds.includes(event.kind);

function parseToken(token: string): Cursor | undefined {
  const [, epoch, digits] = /^([0-9a-z]{1,32})-(\d{1,15})$/.exec(token) ?? [];
  return epoch === undefined ? undefined : { epoch, sequence: Number(digits) };
}

function foreign(token: string): LbError {
  return new LbError({
    code: "invalid_argument",
    doing: "watch events",
    field: "resume token",
    got: JSON.stringify(token),
    want: "the token of an event",
  });
}
