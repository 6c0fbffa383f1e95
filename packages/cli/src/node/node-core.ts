/** The ground of a node: its forwarder, what happens on it, and its pulse. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Engine,
  type ForwarderCounts,
  type ForwarderOptions,
  startEngine,
  startForwarderThread,
} from "@tandem/engine";
import type { LbError } from "@tandem/model";
import type { Logger } from "pino";
import manifest from "../../package.json" with { type: "json" };
import type { NodeConfig } from "./config/node-config.ts";
import { createEventLog } from "./events/event-log.ts";
import { createNodeEvents, type NodeEvents } from "./events/node-events.ts";
import { forwardingFaults } from "./status/forwarding-switch.ts";
import { createPulse, type Pulse } from "./status/pulse.ts";

/** What everything else of a node stands on. */
export interface NodeCore extends AsyncDisposable {
  readonly engine: Engine;
  readonly events: NodeEvents;
  readonly pulse: Pulse;
  readonly version: string;
  /** Settled with why the node cannot go on. */
  readonly failed: PromiseWithResolvers<LbError>;
  /** Undefined: the forwarder does not answer. */
  counts(): Promise<ForwarderCounts | undefined>;
}

/** Start forwarding: what was pinned is adopted. Rejects with `LbError`. */
export async function startCore(config: NodeConfig, log: Logger): Promise<NodeCore> {
  const { version } = manifest;
  const engine = await startEngine(startForwarderThread(forwarderOptions(config)));
  const failed = Promise.withResolvers<LbError>();
  engine.onFailure(failed.resolve);
  const epoch = randomBytes(8).toString("hex");
  const events = createNodeEvents(config.name, createEventLog({ node: config.name, epoch, now: Date.now }));
  events.onStart({ version, isTableKept: engine.isTableKept });
  const links = config.interfaces.map(({ name }) => name);
  const faultsBeside = () => forwardingFaults(engine.document, links, readSetting);
  return {
    ...{ engine, events, version, failed, pulse: createPulse(engine, { log, faultsBeside }) },
    counts: () => engine.ask("counts", {}).catch(() => undefined),
    [Symbol.asyncDispose]: () => engine.close(),
  };
}

/** Where this node's data plane is: every daemon with this configuration means the same one. */
export function forwarderOptions(config: NodeConfig): ForwarderOptions {
  return {
    pinDirectory: config.bpffsDir,
    lockPath: join(config.runtimeDir, "forwarder.lock"),
    records: { 4: config.connections.ipv4, 6: config.connections.ipv6 },
    attach: config.interfaces.map(({ name, hook }) => ({ link: name, hook })),
  };
}

/** A file below /proc/sys; undefined if it is not there. */
function readSetting(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
