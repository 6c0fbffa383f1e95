/** The forwarder's part of a capture: packets of the fast path and the core's own, in one order, in batches that do not pile up. */

import type { CoreContext, Decision } from "./core/answer/context.ts";
import { type Captured, type CapturedPacket, type CaptureFilter, isShown } from "./core/capture/captured.ts";
import { createWitness } from "./core/capture/witness.ts";
import type { DataPlane, Upcall } from "./dataplane/dataplane.ts";
import type { ForwarderEvent, ForwarderOrder } from "./forwarder-protocol.ts";

/** Of one turn: what the ring of the fast path gives, and what a batch holds at most, the core's packets among it. */
const DRAINED_PER_TURN = 256;
const MOST_IN_BATCH = 1024;
/** Batches that nobody has taken yet: while there are so many, packets wait in the ring, and are lost once that is full. */
const MOST_UNDERWAY = 4;

/** Shows what happens to packets, while somebody looks. */
export interface ForwarderCapture {
  readonly isOn: boolean;
  set(order: Extract<ForwarderOrder, { type: "capture" }>): void;
  /** A batch has arrived. */
  taken(): void;
  /** Decide about an upcall, and show it. */
  watch(upcall: Upcall, decide: (upcall: Upcall) => Readonly<Decision>): Readonly<Decision>;
  /** Hand on what there is to show. Returns whether more may be waiting. */
  turn(): boolean;
}

/** A capture that is off: it costs nothing until it is set. */
export function createForwarderCapture(
  dataplane: DataPlane,
  tables: Pick<CoreContext, "connections" | "services">,
  emit: (event: ForwarderEvent) => void,
): ForwarderCapture {
  const witness = createWitness(tables);
  let filter: CaptureFilter | undefined;
  let number = 0;
  let batch: CapturedPacket[] = [];
  let lost = 0;
  let lostInRing = 0;
  let underway = 0;

  function keep(captured: Captured, path: CapturedPacket["path"]): void {
    if (batch.length >= MOST_IN_BATCH) {
      lost++;
      return;
    }
    const { ifindex, bytes } = captured;
    batch.push({ ...captured, bytes: bytes.slice(), path, interface: dataplane.linkName(ifindex) });
  }

  /** Nobody who begins to look hears of what others have missed before. */
  function begin(): void {
    batch = [];
    lost = 0;
    lostInRing = dataplane.lostCaptured();
  }

  const keepFast = (captured: Captured) => keep(captured, "fast");

  function countLost(): void {
    const now = dataplane.lostCaptured();
    lost += now - lostInRing;
    lostInRing = now;
  }

  /** Hand on these, to whoever looks by the order that is in force. */
  function handOn(packets: CapturedPacket[]): void {
    countLost();
    if (packets.length === 0 && lost === 0) return;
    emit({ type: "captured", number, packets, lost });
    lost = 0;
    underway++;
  }

  return {
    get isOn() {
      return filter !== undefined;
    },
    set(order) {
      if (!filter) begin();
      else if (order.filter) handOn([]); // what is lost so far is not for whoever begins now
      ({ number, filter } = order);
      dataplane.setCapture(filter);
    },
    taken() {
      underway--;
    },
    watch(upcall, decide) {
      if (!filter) return decide(upcall);
      witness.see(upcall);
      const decision = decide(upcall);
      const captured = witness.testify(decision);
      captured.timeMs = dataplane.timeMs();
      if (isShown(filter, captured)) keep(captured, "core");
      return decision;
    },
    turn() {
      if (!filter || underway >= MOST_UNDERWAY) return false;
      const drained = dataplane.drainCaptured(DRAINED_PER_TURN, keepFast);
      // what the ring held is older than what the core has just decided
      handOn(batch.sort((a, b) => a.timeMs - b.timeMs));
      batch = [];
      return drained === DRAINED_PER_TURN;
    },
  };
}
