/** `tandem watch`: what happens, as it happens. */
import type { EventKind, EventWatch, NodeEvent, RemoteNode } from "@tandem/engine/client";
import { LbError } from "@tandem/model/failure";
import { type Answer, type Command, type World, withDaemon } from "../command.ts";
import { formatEvent, KIND_OPTION } from "../event-lines.ts";
import { wholeNumber } from "../read-option.ts";

interface Options {
  readonly kind?: readonly EventKind[];
  readonly backlog: number;
  readonly count?: number;
  readonly resume?: string;
}

const AGAIN_AFTER_MS = 1000;

export const watch: Command<Options> = {
  options: [
    KIND_OPTION,
    {
      flags: "-n, --backlog <number>",
      help: "begin with the latest so many",
      default: 0,
      read: wholeNumber("backlog", 0, 10_000),
    },
    { flags: "-c, --count <number>", help: "end after so many", read: wholeNumber("count", 1, 2 ** 31) },
    {
      flags: "--resume <token>",
      help: "begin behind the event with this token, and tell what is lost of that",
    },
  ],
  examples: [
    ["watch", "until interrupted"],
    ["watch --kind health,alarm -n 10", "what is wrong, beginning with the last ten"],
    ["watch -o json | while read event; do …; done", "one JSON value on each line"],
    ["watch --kind role --count 1", "wait for the next change of roles"],
  ],
  async run({ options: { kind: kinds = [], backlog, count, resume } }, world) {
    return untilEnough(follow(world, { kinds, backlog, resume }), count);
  },
};

async function* untilEnough(events: AsyncIterable<NodeEvent>, count = Infinity): AsyncGenerator<Answer> {
  let left = count;
  for await (const event of events) {
    yield { json: event, text: (paint) => formatEvent(event, paint) };
    if (--left === 0) return;
  }
}

/** Events without an end. A daemon that goes away is waited for; what happened meanwhile comes, or a gap. */
async function* follow(
  world: World,
  { kinds, backlog, resume }: { kinds: readonly EventKind[]; backlog: number; resume: string | undefined },
): AsyncGenerator<NodeEvent> {
  let token = resume ?? (await latestToken(world));
  const shown = new Set<string>();
  if (resume === undefined && backlog > 0)
    for (const event of await latest(world, { backlog, kinds })) {
      shown.add(event.token);
      yield event;
    }
  for (let isAway = false; ; ) {
    try {
      for await (const event of from(world, { resumeToken: token, kinds })) {
        token = event.token;
        if (isAway) world.err.write("The daemon answers again\n");
        isAway = false;
        if (shown.delete(token)) continue;
        yield event;
      }
    } catch (error) {
      if (!(error instanceof LbError) || error.failure.code !== "unavailable") throw error;
    }
    if (!isAway) world.err.write("The daemon does not answer: waiting for it\n");
    isAway = true;
    await world.sleep(AGAIN_AFTER_MS);
  }
}

/** Where the stream is now: from there on nothing is missed, however long it takes to ask. */
async function latestToken(world: World): Promise<string> {
  const [event] = await latest(world, { backlog: 1, kinds: [] });
  return event!.token; // its own start is the first
}

const latest = (world: World, of: Pick<EventWatch, "backlog" | "kinds">): Promise<NodeEvent[]> =>
  withDaemon(world, (node) =>
    Array.fromAsync(node.events({ ...of, follow: false }, new AbortController().signal)),
  );

async function* from(
  world: World,
  of: Pick<EventWatch, "kinds"> & { resumeToken: string },
): AsyncGenerator<NodeEvent> {
  const ending = new AbortController();
  let node: RemoteNode | undefined;
  try {
    node = await world.connect();
    yield* node.events({ ...of, backlog: 0, follow: true }, ending.signal);
  } finally {
    ending.abort();
    node?.close();
  }
}
