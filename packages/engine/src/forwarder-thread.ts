/** The forwarder as a worker thread, seen from the main thread. The other side is forwarder-worker.ts. */
import { writeSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { KernelOptions } from "./dataplane/kernel/kernel.ts";
import type { ForwarderCommand, ForwarderEvent, ForwarderLink } from "./forwarder-protocol.ts";

/** Where the kernel data plane of this node is, and how large. */
export type ForwarderOptions = KernelOptions;

/** What the worker posts once, before its first event: the eventfd that ends its sleep. */
export interface WakeNotice {
  type: "wake";
  fd: number;
}

const ONE = new Uint8Array(new BigUint64Array([1n]).buffer);

/**
 * Start the forwarder on a thread of its own, over the kernel data plane.
 *
 * @returns at once; a failure to start comes as a `failed` event
 */
export function startForwarderThread(options: ForwarderOptions): ForwarderLink {
  const worker = new Worker(new URL("./forwarder-worker.ts", import.meta.url), { workerData: options });
  const ended = Promise.withResolvers<void>();
  let wakeFd = -1;
  let handler: (event: ForwarderEvent) => void = () => {};

  worker.on("message", (message: ForwarderEvent | WakeNotice) => {
    if (message.type === "wake") wakeFd = message.fd;
    else handler(message);
  });
  worker.on("error", (error) => handler({ type: "failed", message: String(error) }));
  worker.on("exit", () => {
    wakeFd = -1;
    ended.resolve();
  });

  return {
    send(command: ForwarderCommand) {
      worker.postMessage(command);
      if (wakeFd >= 0) writeSync(wakeFd, ONE);
      if (command.type === "stop") wakeFd = -1; // the forwarder closes it: soon it may be another file's
    },
    onEvent(next) {
      handler = next;
    },
    closed: () => ended.promise,
  };
}
