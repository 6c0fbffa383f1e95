/** BPF_PROG_TEST_RUN: one packet through a program of the fast path, as if it had come by an interface. */

import { libbpf } from "../../packages/engine/src/dataplane/kernel/libbpf.ts";
import { addressOf } from "../../packages/engine/src/dataplane/kernel/syscalls.ts";
import type { Hook } from "./network.ts";

const MAX_FRAME_BYTES = 4096;

/** `struct bpf_test_run_opts` of libbpf 1.1. */
const OPTIONS = {
  size: 0,
  dataIn: 8,
  dataOut: 16,
  dataInBytes: 24,
  dataOutBytes: 28,
  contextIn: 32,
  contextInBytes: 48,
  result: 56,
  repeat: 60,
  durationNs: 64,
  bytes: 80,
} as const;
/** `struct __sk_buff` and `struct xdp_md`; what is not set must be zero. */
const SKB = { mark: 8, ifindex: 40, gsoSize: 176, bytes: 192 } as const;
const XDP_MD = { dataEnd: 4, ingressIfindex: 12, bytes: 24 } as const;

/** What the kernel says about a run. */
export interface Run {
  /** 0, or -errno if the kernel did not run the program. */
  error: number;
  /** The program's return value. */
  result: number;
  /** The frame afterwards: a view of a buffer that the next run reuses. */
  frame: Uint8Array;
  /** Mean time of one run, in nanoseconds. */
  durationNs: number;
}

export interface Arrival {
  readonly frame: Uint8Array;
  readonly ifindex: number;
  readonly gsoSize: number;
  /** Firewall mark, which XDP does not see. */
  readonly mark?: number;
  /** Runs in a row; each sees the frame as the last one left it. */
  readonly repeat?: number;
}

/** A function that runs the program behind `programFd`. It never throws. */
export function createTestRun(programFd: number, hook: Hook): (arrival: Arrival) => Run {
  const lib = libbpf();
  const input = Buffer.alloc(MAX_FRAME_BYTES);
  const output = Buffer.alloc(MAX_FRAME_BYTES);
  const context = Buffer.alloc(hook === "xdp" ? XDP_MD.bytes : SKB.bytes);
  const options = Buffer.alloc(OPTIONS.bytes);
  options.writeBigUInt64LE(BigInt(OPTIONS.bytes), OPTIONS.size);
  options.writeBigUInt64LE(addressOf(input), OPTIONS.dataIn);
  options.writeBigUInt64LE(addressOf(output), OPTIONS.dataOut);
  options.writeBigUInt64LE(addressOf(context), OPTIONS.contextIn);
  options.writeUInt32LE(context.length, OPTIONS.contextInBytes);

  return ({ frame, ifindex, gsoSize, mark = 0, repeat = 1 }) => {
    input.set(frame);
    options.writeUInt32LE(frame.length, OPTIONS.dataInBytes);
    options.writeUInt32LE(output.length, OPTIONS.dataOutBytes);
    options.writeUInt32LE(repeat, OPTIONS.repeat);
    if (hook === "xdp") {
      context.writeUInt32LE(frame.length, XDP_MD.dataEnd);
      context.writeUInt32LE(ifindex, XDP_MD.ingressIfindex);
    } else {
      context.writeUInt32LE(mark, SKB.mark);
      context.writeUInt32LE(ifindex, SKB.ifindex);
      context.writeUInt32LE(gsoSize, SKB.gsoSize);
    }
    const error = lib.testRun(programFd, options) as number;
    return {
      error,
      result: options.readInt32LE(OPTIONS.result),
      frame: output.subarray(0, options.readUInt32LE(OPTIONS.dataOutBytes)),
      durationNs: options.readUInt32LE(OPTIONS.durationNs),
    };
  };
}
