/** `tandem events`: what happened. */
import type { EventKind, NodeEvent } from "@tandem/engine/client";
import { type Command, withDaemon } from "../command.ts";
import { formatEvent, KIND_OPTION } from "../event-lines.ts";
import { moment, wholeNumber } from "../read-option.ts";

interface Options {
  readonly limit?: number;
  readonly kind?: readonly EventKind[];
  /** Milliseconds: below 0 ago, else since 1970. */
  readonly since?: number;
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
  ],
  examples: [
    ["events", "the last things that happened, newest below"],
    ["events --since 1d --kind role", "who was active, and why?"],
    ["events --kind operator -n 10", "who did what?"],
  ],
  async run({ options: { limit, kind: kinds = [], since } }, world) {
    const from = since === undefined ? 0 : since < 0 ? world.now() + since : since;
    const watch = { backlog: limit ?? (since === undefined ? LATEST : MOST), kinds, follow: false };
    const all = await withDaemon(world, (node) =>
      Array.fromAsync(node.events(watch, new AbortController().signal)),
    );
    const found = all.filter((event: NodeEvent) => event.timeMs >= from);
    return {
      json: { events: found },
      text: (paint) => found.map((event) => formatEvent(event, paint)).join("") || "No events.\n",
    };
  },
};
