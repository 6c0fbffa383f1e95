/** One CPU's share of the stress test: packets of many clients through one program, each result compared with what it must be. */
import { parentPort, workerData } from "node:worker_threads";
import koffi from "koffi";
import { createTestRun } from "./bpf-run.ts";
import type { Hook } from "./network.ts";

/** A frame, and what it looks like once it was forwarded to the destination of its own client. */
export interface StressPacket {
  readonly frame: Uint8Array;
  readonly forwarded: Uint8Array;
}

export interface StressOrder {
  readonly hook: Hook;
  readonly cpu: number;
  readonly programFd: number;
  readonly ifindex: number;
  readonly packets: readonly StressPacket[];
  readonly runs: number;
}

export interface StressReport {
  readonly forwarded: number;
  readonly bytes: number;
  readonly missed: number;
  /** Packets that became something else than the right thing, in hex. */
  readonly wrong: readonly string[];
}

const ETHERNET_BYTES = 14;
const UNCHANGED_RESULTS = [2, 1]; // TC_ACT_SHOT, XDP_DROP
const FORWARD_RESULTS = [7, 3, 4]; // TC_ACT_REDIRECT, XDP_TX, XDP_REDIRECT

function stress({ hook, cpu, programFd, ifindex, packets, runs }: StressOrder): StressReport {
  const setAffinity = koffi.load("libc.so.6").func("int sched_setaffinity(int, size_t, void *)");
  if (setAffinity(0, 8, new BigUint64Array([1n << BigInt(cpu)])) !== 0)
    throw new Error(`cannot run on CPU ${cpu}`);
  const run = createTestRun(programFd, hook);
  const wrong: string[] = [];
  let [forwarded, bytes, missed] = [0, 0, 0];
  for (let i = 0; i < runs; i++) {
    const packet = packets[(i * 7 + cpu) % packets.length]!;
    const { error, result, frame } = run({ frame: packet.frame, ifindex, gsoSize: 0 });
    const isForwarded = FORWARD_RESULTS.includes(result);
    const wanted = isForwarded ? packet.forwarded : packet.frame.subarray(ETHERNET_BYTES);
    const isRight = error === 0 && (isForwarded || UNCHANGED_RESULTS.includes(result));
    if (!isRight || Buffer.compare(frame.subarray(ETHERNET_BYTES), wanted) !== 0) {
      wrong.push(`${error} ${result} ${Buffer.from(frame).toString("hex")}`);
    }
    if (isForwarded) {
      forwarded++;
      bytes += packet.forwarded.length;
    } else missed++;
  }
  return { forwarded, bytes, missed, wrong: wrong.slice(0, 5) };
}

parentPort!.postMessage(stress(workerData as StressOrder));
