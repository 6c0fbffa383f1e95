/** Captures of the fast path: what is to be shown in memory that the programs read, and the ring in which they show it. */
import { CAPTURE, CAPTURE_RING_BYTES, CAPTURED, CAPTURED_BYTES } from "../../core/capture/capture-layout.ts";
import type { CaptureFilter } from "../../core/capture/captured.ts";
import { createCaptured } from "../../core/capture/credit.ts";
import { REASON_SLOTS, REASONS, type Reason } from "../../core/verdict.ts";
import type { DataPlane } from "../dataplane.ts";
import type { Kept } from "./interface-keeper.ts";
import { readMapped, writeMapped } from "./mapped-address.ts";
import { createRing } from "./ring.ts";
import { mapMemory } from "./syscalls.ts";
import { createWallClock } from "./wall-clock.ts";

/** The maps, by their names in the object. */
export const CAPTURE_MAPS = { setting: ".data.capture", ring: "captured" } as const;
export type CaptureMap = (typeof CAPTURE_MAPS)[keyof typeof CAPTURE_MAPS];

/** The part of the port that is about captures; as a `Kept`, it follows the names of interfaces. */
export interface KernelCapture
  extends Kept,
    Pick<DataPlane, "setCapture" | "drainCaptured" | "lostCaptured" | "timeMs" | "linkName"> {}

/** Reasons by number. */
const REASON_OF = new Array<Reason>(REASON_SLOTS).fill("not_ours");
for (const [reason, { number }] of Object.entries(REASONS)) REASON_OF[number] = reason as Reason;

/** By `CAPTURED_FROM`. */
const FROM = [undefined, "client", "server"] as const;

const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** The capture of a fast path; it is off. Throws `LbError` (refused) if its maps cannot be read. */
export function createKernelCapture(mapFd: (name: CaptureMap) => number): KernelCapture {
  const memory = mapMemory(mapFd(CAPTURE_MAPS.setting), CAPTURE.size, { writable: true });
  const setting = Buffer.from(memory);
  const epoch = new Uint32Array(memory, CAPTURE.epoch, 1);
  const lost = new BigUint64Array(memory, CAPTURE.lost, 1);
  const ring = createRing(mapFd(CAPTURE_MAPS.ring), CAPTURE_RING_BYTES);
  const captured = createCaptured();
  const head = captured.bytes;
  const clock = createWallClock(monotonicMs, () => Date.now());
  const { data } = ring;
  /** Goes on from where an earlier process may have been: packets that are under way know theirs. */
  let lastEpoch = Math.floor(monotonicMs()) >>> 0;
  let names = new Map<number, string>();
  let handler: Parameters<DataPlane["drainCaptured"]>[1] = () => {};

  function visit(at: number): void {
    captured.timeMs = clock.at(
      (data.readUInt32LE(at + CAPTURED.timeNs) + data.readUInt32LE(at + CAPTURED.timeNs + 4) * 2 ** 32) / 1e6,
    );
    captured.client = readMapped(data, at + CAPTURED.client);
    captured.clientPort = data.readUInt16BE(at + CAPTURED.clientPort);
    captured.ifindex = data.readUInt32LE(at + CAPTURED.ifindex);
    captured.packetBytes = data.readUInt32LE(at + CAPTURED.packetBytes);
    captured.service = data.readUInt32LE(at + CAPTURED.service);
    captured.destination = data.readUInt32LE(at + CAPTURED.destination);
    captured.reason = REASON_OF[data[at + CAPTURED.reason]!]!;
    captured.family = data[at + CAPTURED.family] === 6 ? 6 : 4;
    captured.from = FROM[data[at + CAPTURED.from]!];
    captured.bytes = head.subarray(0, Math.min(CAPTURED_BYTES, captured.packetBytes));
    data.copy(head, 0, at + CAPTURED.size, at + CAPTURED.size + captured.bytes.length);
    handler(captured);
  }

  /** Nothing is shown from now on, nor what waits. */
  function turnOff(): void {
    Atomics.store(epoch, 0, 0);
    ring.drain(Number.POSITIVE_INFINITY, () => {});
  }

  function turnOn(filter: CaptureFilter): void {
    if (epoch[0] === 0) turnOff(); // a packet that was under way may have come in since
    Atomics.store(epoch, 0, 0);
    writeFilter(setting, filter);
    clock.follow();
    lastEpoch = (lastEpoch % 0xffff_ffff) + 1;
    Atomics.store(epoch, 0, lastEpoch);
  }

  turnOff();
  return {
    setCapture: (filter) => (filter ? turnOn(filter) : turnOff()),
    drainCaptured(limit, handle) {
      handler = handle;
      clock.follow();
      return ring.drain(limit, visit);
    },
    lostCaptured: () => Number(Atomics.load(lost, 0)),
    timeMs: () => clock.at(monotonicMs()),
    linkName: (ifindex) => names.get(ifindex) ?? "",
    mend(links) {
      names = new Map([...links.values()].map((link) => [link.index, link.name]));
    },
  };
}

/** Write all but the epoch and what is counted. */
function writeFilter(setting: Buffer, { service, client, reasons }: CaptureFilter): void {
  const bits = [...reasons].reduce((word, reason) => word | (1n << BigInt(REASONS[reason].number)), 0n);
  setting.writeUInt32LE(service ?? 0, CAPTURE.service);
  setting.writeBigUInt64LE(bits, CAPTURE.reasons);
  setting.fill(0, CAPTURE.client, CAPTURE.client + 16);
  if (client) writeMapped(setting, CAPTURE.client, client.address);
  setting.writeUInt16BE(client?.port ?? 0, CAPTURE.clientPort);
  setting[CAPTURE.hasClient] = client ? 1 : 0;
}
