/** Entry of the forwarder's thread: the kernel data plane, and a loop that sleeps in `poll` and is woken by its eventfd. */
import { randomBytes } from "node:crypto";
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { LbError } from "@tandem/model";
import { createKernelDataPlane } from "./dataplane/kernel/kernel.ts";
import { createForwarder, type Forwarder } from "./forwarder.ts";
import type { ForwarderCommand, ForwarderEvent } from "./forwarder-protocol.ts";
import type { ForwarderOptions, WakeNotice } from "./forwarder-thread.ts";

const port = parentPort!;
const post = (message: ForwarderEvent | WakeNotice) => port.postMessage(message);

function takeCommands(forwarder: Forwarder): void {
  for (let m = receiveMessageOnPort(port); m !== undefined; m = receiveMessageOnPort(port)) {
    forwarder.handle(m.message as ForwarderCommand);
  }
}

try {
  const dataplane = createKernelDataPlane(workerData as ForwarderOptions);
  const forwarder = createForwarder(dataplane, post, randomBytes(4).readUInt32LE());
  post({ type: "wake", fd: dataplane.wakeFd });
  post({ type: "ready", isTableKept: dataplane.adopted });
  while (!forwarder.isStopped) {
    takeCommands(forwarder);
    forwarder.turn();
    if (forwarder.isStopped) break;
    if (forwarder.isProgrammed) dataplane.wait(forwarder.idleMs);
    else dataplane.waitForOrders(forwarder.idleMs);
  }
  dataplane.close();
} catch (error) {
  if (error instanceof LbError) post({ type: "failed", message: error.message, failure: error.failure });
  else post({ type: "failed", message: (error as Error).stack ?? String(error) }); // a bug: say where
}
