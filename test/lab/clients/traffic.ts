import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { LabError } from "../failure.ts";
import type { Lab } from "../lab.ts";
import type { TrafficCommand, TrafficEvent } from "./main.ts";
import type { StepSummary, TrafficOptions } from "./traffic-options.ts";

/** Traffic that runs in the lab's client. Calls may overlap; they are answered in order. */
export interface Traffic {
  /** What was open when the traffic had started: `sessions.before` of `options.tcp.sessions`. */
  readonly started: StepSummary;
  /** End the current step, begin another. Returns what happened in the one that ended. */
  step(name: string): Promise<StepSummary>;
  /** How the current step stands. */
  peek(): Promise<StepSummary>;
  /** End the traffic; resolves when its process has ended. */
  stop(): Promise<void>;
}

/**
 * Start the traffic generator in the client's namespace, and wait until its sessions are open.
 *
 * @throws LabError when it ends before or during a command
 */
export async function startTraffic(lab: Lab, options: TrafficOptions): Promise<Traffic> {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const argv = [process.execPath, main, JSON.stringify(options)];
  const started = await lab.node("client").spawn("traffic", argv, { stdio: "pipe" });
  const { stdin, stdout } = started.child;
  const events = createInterface({ input: stdout! })[Symbol.asyncIterator]();
  const ended = once(started.child, "exit");
  stdin!.on("error", () => {}); // it has ended: `next` says so

  async function next(): Promise<StepSummary> {
    const line = await events.next();
    if (line.done)
      throw new LabError(`Cannot hear from the traffic generator: it ended, and said "${started.log()}"`);
    return (JSON.parse(line.value) as TrafficEvent).summary;
  }
  function ask(command: TrafficCommand): Promise<StepSummary> {
    stdin!.write(`${JSON.stringify(command)}\n`);
    return next();
  }
  return {
    started: await next(),
    step: (name) => ask({ cmd: "step", name }),
    peek: () => ask({ cmd: "peek" }),
    async stop() {
      stdin!.end();
      await ended;
    },
  };
}
