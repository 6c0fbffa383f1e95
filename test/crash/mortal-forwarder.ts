/**
 * A forwarder over the kernel data plane that dies at a chosen step, as a program of its own: every flow entry and every batch of packets
 * goes to the kernel by itself, and before and after each there is a step. Argument: `MortalOptions` in JSON.
 *
 *     in   arm     count steps from here on, and die at step `dieAt`
 *          leap    `leapTicks` of 2^20 ns pass
 *     out  ready   the services are programmed
 *          armed   the answer to arm
 *          <n>     at the end of stdin: so many steps there were
 */
import { createInterface } from "node:readline";
import type { Document } from "@tandem/model";
import type { DataPlane } from "../../packages/engine/src/dataplane/dataplane.ts";
import {
  createKernelDataPlane,
  type KernelOptions,
} from "../../packages/engine/src/dataplane/kernel/kernel.ts";
import { createForwarder } from "../../packages/engine/src/forwarder.ts";

/** Where the data plane is, what it serves, and when to die: 1 is the first step, 0 never. */
export interface MortalOptions {
  readonly place: KernelOptions;
  readonly document: Document;
  readonly dieAt: number;
  readonly leapTicks: number;
}

const { place, document, dieAt, leapTicks } = JSON.parse(process.argv[2]!) as MortalOptions;
const kernel = createKernelDataPlane(place);
let isArmed = false;
let isEnding = false;
let steps = 0;
let leap = 0;

function step(): void {
  if (isArmed && ++steps === dieAt) process.kill(process.pid, "SIGKILL");
}

const changes: (() => void)[] = [];
let packets = 0;
const plane: DataPlane = {
  ...kernel,
  now: () => (kernel.now() + leap) >>> 0,
  insertFlow(family, key, index, direction) {
    const copy = key.slice();
    changes.push(() => kernel.insertFlow(family, copy, index, direction));
  },
  deleteFlow(family, key) {
    const copy = key.slice();
    changes.push(() => kernel.deleteFlow(family, copy));
  },
  flushFlows(refused) {
    for (const change of changes.splice(0)) {
      step();
      change();
      kernel.flushFlows(refused);
    }
  },
  inject(kind, upcall, index) {
    packets++;
    kernel.inject(kind, upcall, index);
  },
  flushPackets() {
    if (packets === 0) return 0;
    packets = 0;
    step();
    const refused = kernel.flushPackets();
    step();
    return refused;
  },
};

const forwarder = createForwarder(plane, () => {}, 1);
forwarder.handle({
  type: "question",
  id: 1,
  name: "program",
  ask: { document, weights: new Map(), down: new Set() },
});
const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  if (line === "arm") {
    isArmed = true;
    console.log("armed");
  }
  if (line === "leap") leap = leapTicks;
});
lines.on("close", () => {
  isEnding = true;
});

const TURNS_TO_THE_END = 20;
console.log("ready");
for (let turns = 0; turns < TURNS_TO_THE_END; turns += isEnding ? 1 : 0) {
  forwarder.turn();
  await new Promise((resolve) => setTimeout(resolve, 2));
}
console.log(steps);
process.exit(0);
