/** `tandem events`: what happened. */
import type { EventKind, EventWatch, NodeEvent, RemoteNode } from "@tandem/engine/client";
import { ALL_NODES, answersOf, askAllNodes } from "../all-nodes.ts";
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
    ["events --all-nodes", "what happened in the cluster, in the order of the directors' clocks"],
  ],
  async run({ options: { limit, kind: kinds = [], since, allNodes } }, world) {
    const from = since === undefined ? 0 : since < 0 ? world.now() + since : since;
    const backlog = limit ?? (since === undefined ? LATEST : MOST);
    const { events: all, isComplete } = await (allNodes ? readAll : readHere)(world, { backlog, kinds });
    const found = all.filter((event) => event.timeMs >= from);
    return {
      json: { events: found },
      text: (paint) => found.map((event) => formatEvent(event, paint)).join("") || "No events.\n",
      exitCode: isComplete ? EXIT.ok : EXIT.failed,
    };
  },
};

type Which = Pick<EventWatch, "backlog" | "kinds">;
interface Read {
  readonly events: readonly NodeEvent[];
  /** Every node answered. */
  readonly isComplete: boolean;
}

const readHere = async (world: World, which: Which): Promise<Read> => ({
  events: await withDaemon(world, (node) => read(node, which)),
  isComplete: true,
});

/** The latest of all nodes'. */
async function readAll(world: World, which: Which): Promise<Read> {
  const { said } = await askAllNodes(world, (node) => read(node, which));
  const answers = answersOf(said);
  const events = answers.flatMap(({ answer }) => answer).sort((a, b) => a.timeMs - b.timeMs);
  return { events: events.slice(-which.backlog), isComplete: answers.length === said.length };
}

const read = (node: RemoteNode, which: Which): Promise<NodeEvent[]> =>
  Array.fromAsync(node.events({ ...which, follow: false }, new AbortController().signal));
