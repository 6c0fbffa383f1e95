/** `tandem events`: what happened. */
import type { EventKind, EventWatch, NodeEvent, RemoteNode } from "@tandem/engine/client";
import { answersOf } from "../../listing/gather.ts";
import { ALL_NODES, askAllNodes } from "../all-nodes.ts";
import { type Command, EXIT, type World, withDaemon } from "../command.ts";
import { formatEvent, KIND_OPTION } from "../event-lines.ts";
import { moment, wholeNumber } from "../read-option.ts";

interface Options {
  readonly limit?: number;
  readonly kind?: readonly EventKind[];
  /** Milliseconds: below 0 ago, else since 1970. */
  readonly since?: number;
  readonly allNodes?: boolean;
}

/** What a node keeps. */
const MOST = 10_000;
const LATEST = 50;

export const events: Command<Options> = {
  options: [
    {
      flags: "-n, --limit <number>",
      help: `only the latest so many; else ${LATEST}, or with --since all`,
      read: wholeNumber("limit", 1, MOST),
    },
    KIND_OPTION,
    {
      flags: "--since <time>",
      help: "only what happened since then: 2h, 1d, 2026-11-23T04:00Z",
      read: moment("since"),
    },
    ALL_NODES,
  ],
  examples: [
    ["events", "the last things that happened, newest below"],
    ["events --since 1d --kind role", "who was active, and why?"],
    ["events --kind operator -n 10", "who did what?"],
    ["events --since 10m --all-nodes", "what happened in the cluster, in the order of the directors' clocks"],
  ],
  async run({ options: { limit, kind: kinds = [], since, allNodes = false } }, world) {
    const from = since === undefined ? 0 : since < 0 ? world.now() + since : since;
    const watch = { backlog: limit ?? (since === undefined ? LATEST : MOST), kinds, follow: false };
    const { told, isComplete } = await (allNodes ? askAll : askOne)(world, watch);
    const events = told.filter(({ timeMs }) => timeMs >= from).slice(-watch.backlog);
    return {
      json: { events },
      text: (paint) => events.map((event) => formatEvent(event, paint)).join("") || "No events.\n",
      exitCode: isComplete ? EXIT.ok : EXIT.failed,
    };
  },
};

const eventsOf = (node: RemoteNode, watch: EventWatch): Promise<NodeEvent[]> =>
  Array.fromAsync(node.events(watch, new AbortController().signal));

async function askOne(world: World, watch: EventWatch) {
  return { told: await withDaemon(world, (node) => eventsOf(node, watch)), isComplete: true };
}

/** Each node's in its own order, put together by their clocks. */
async function askAll(world: World, watch: EventWatch) {
  const { said } = await askAllNodes(world, (node) => eventsOf(node, watch));
  const answers = answersOf(said);
  const told = answers.flatMap(({ answer }) => answer).sort((a, b) => a.timeMs - b.timeMs);
  return { told, isComplete: answers.length === said.length };
}
