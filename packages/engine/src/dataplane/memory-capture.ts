/** The capture of the in-memory data plane: a copy of each packet before its way, what became of it afterwards, and a bounded queue. */
import { CAPTURED_BYTES } from "../core/capture/capture-layout.ts";
import { type Captured, type CaptureFilter, isShown } from "../core/capture/captured.ts";
import { createCaptured, creditConnection, creditPacket } from "../core/capture/credit.ts";
import { LIFE, RECORD } from "../core/layout.ts";
import { isAlive, matchesKey, type RecordArray, readField } from "../core/record.ts";
import type { FastpathPacket } from "../core/twin/fastpath-world.ts";
import type { Reason, Verdict } from "../core/verdict.ts";
import { createParsedPacket, isTransport, parseIp, parseTransport } from "../packet/parse.ts";
import type { DataPlane } from "./dataplane.ts";

/** The part of the port that is about captures, and the two ends of a packet's way. */
export interface MemoryCapture extends Pick<DataPlane, "setCapture" | "drainCaptured" | "lostCaptured"> {
  /** A packet comes in. Returns what may be shown of it, undefined while there is no capture. */
  look(packet: FastpathPacket): Captured | undefined;
  /** What became of it: `service` is the id of the service that it was for without a connection; 0 none. */
  show(captured: Captured | undefined, outcome: { verdict: Verdict; reason: Reason; service: number }): void;
}

/** What a capture asks of the data plane that it is part of. */
export interface MemoryCaptureWorld {
  readonly records: { readonly 4: RecordArray; readonly 6: RecordArray };
  /** `index * 4 + direction`, or -1. */
  findFlow(family: 4 | 6, key: Uint32Array): number;
  timeMs(): number;
  /** Packets that may wait. */
  readonly capacity: number;
}

/** Reasons for packets that a translated destination has sent. */
const REPLIES: ReadonlySet<Reason> = new Set(["unmatched_reply", "unmatched_host"]);

/** Whether the record is a connection whose packets the fast path knows. */
const isConnection = (r: RecordArray, index: number): boolean =>
  isAlive(r, index) && (readField(r, index, RECORD.life) & (LIFE.template | LIFE.noClientPort)) === 0;

/** A capture that is off. */
export function createMemoryCapture(world: MemoryCaptureWorld): MemoryCapture {
  const p = createParsedPacket();
  const waiting: Captured[] = [];
  let filter: CaptureFilter | undefined;
  let lost = 0;

  /** The packet's tuple, as far as it can be read: of fragments without ports. */
  function read(family: 4 | 6, { bytes, lengthBytes, isForHost }: FastpathPacket): void {
    p.family = family;
    p.key.fill(0);
    p.totalBytes = 0;
    if (!isForHost || !parseIp(p, bytes, lengthBytes)) return;
    if (!p.isFragment && isTransport(p.protocol)) parseTransport(p, bytes);
  }

  function credit(c: Captured, { reason, service }: { reason: Reason; service: number }): void {
    const r = world.records[c.family];
    const found = world.findFlow(c.family, p.key);
    const place = { index: found >>> 2, direction: found & 3 };
    if (found >= 0 && isConnection(r, place.index) && matchesKey(r, place.index, place.direction, p.key))
      creditConnection(c, r, place);
    else creditPacket(c, p, { service, isReply: REPLIES.has(reason) });
  }

  return {
    setCapture(next) {
      filter = next;
      if (!filter) waiting.length = 0;
    },
    drainCaptured(limit, handle) {
      const taken = waiting.splice(0, limit);
      for (const packet of taken) handle(packet);
      return taken.length;
    },
    lostCaptured: () => lost,
    look(packet) {
      if (!filter || packet.isInjected || packet.family === 0 || packet.lengthBytes === 0) return undefined;
      read(packet.family, packet);
      const { ifindex, family, lengthBytes } = packet;
      const packetBytes = p.totalBytes > 0 && p.totalBytes <= lengthBytes ? p.totalBytes : lengthBytes;
      const bytes = packet.bytes.slice(0, Math.min(CAPTURED_BYTES, packetBytes));
      return { ...createCaptured(), timeMs: world.timeMs(), ifindex, family, packetBytes, bytes };
    },
    show(captured, outcome) {
      if (!filter || !captured || outcome.verdict === "upcall") return;
      captured.reason = outcome.reason;
      credit(captured, outcome);
      if (!isShown(filter, captured)) return;
      if (waiting.length < world.capacity) waiting.push(captured);
      else lost++;
    },
  };
}
