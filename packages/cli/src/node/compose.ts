/** The composition root of a running node: what it is built of, in the order in which it starts; it ends in the reverse. */
import { existsSync } from "node:fs";
import { removeKernelDataPlane } from "@tandem/engine";
import type { Logger } from "pino";
import { openClusterLink } from "./cluster/cluster-link.ts";
import { createMembership } from "./cluster/membership.ts";
import type { NodeConfig } from "./config/node-config.ts";
import { claimDirectories } from "./config/own-directories.ts";
import type { Daemon, RunningNode } from "./daemon.ts";
import { forwarderOptions, startCore } from "./node-core.ts";
import { openDocument } from "./node-document.ts";
import { openDoors } from "./node-doors.ts";
import { startLife } from "./node-life.ts";
import { createSeatHolder, removeSeat } from "./seat/vrrp-seat.ts";

/** Start a node from its configuration: forwarding first, then the document, then whatever makes it one of several. */
async function startNode(config: NodeConfig, log: Logger): Promise<RunningNode> {
  await using parts = new AsyncDisposableStack(); // ended in reverse order, if anything below fails
  parts.defer(claimDirectories(config));
  const link = await openClusterLink(config);
  parts.defer(() => link?.transport.close());
  const core = parts.use(await startCore(config, log));
  const { engine, events, pulse } = core;
  const { faults } = await pulse.take(); // what is wrong is said before anything that goes well
  const canForward = async () => (await pulse.take()).faults.length === 0;
  const seat = createSeatHolder(config, { log, events, canForward });
  const document = parts.use(await openDocument(config, core, { link, log }));
  const membership = createMembership(link, { node: config.name, engine, log });
  const onBug = (error: unknown) => log.error({ err: error }, "a bug while answering");
  const built = { config, log, link, core, seat, document, membership, onBug };
  const doors = parts.use(await openDoors(built));
  parts.use(startLife(built, doors));
  const { interfaces } = config;
  if (faults.length === 0) log.info({ interfaces, isTableKept: engine.isTableKept }, "forwarding");

  const running = parts.move();
  return { failed: core.failed.promise, stop: () => running.disposeAsync() };
}

/** Take away what a node left: keepalived with its addresses, programs, maps and the injection veth. */
async function cleanUp(config: NodeConfig): Promise<string[]> {
  const removed = await removeSeat(config);
  if (existsSync(config.bpffsDir)) removed.push(`programs, maps and connections in ${config.bpffsDir}`);
  removeKernelDataPlane(forwarderOptions(config)); // whatever is there: something may be attached without being pinned
  return removed;
}

/** The daemon, put together. */
export const daemon: Daemon = { start: startNode, cleanUp };
