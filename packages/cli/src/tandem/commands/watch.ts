/** `tandem watch`: what happens, as it happens. */
import type { EventKind, EventWatch, NodeEvent, RemoteNode } from "@tandem/engine/client";
import { LbError } from "@tandem/model/failure";
import { answersOf } from "../../listing/gather.ts";
import { ALL_NODES, askAllNodes } from "../all-nodes.ts";
import { type Answer, type Command, type World, withDaemon } from "../command.ts";
import { formatEvent, KIND_OPTION } from "../event-lines.ts";
import { mergeStreams } from "../merge-streams.ts";
import { wholeNumber } from "../read-option.ts";

interface Options {
  readonly kind?: readonly EventKind[];
  readonly backlog: number;
  readonly count?: number;
  readonly resume?: string;
  readonly allNodes?: boolean;
}

/** Where a watch begins, and what it shows. */
interface Which {
  readonly kinds: readonly EventKind[];
  readonly backlog: number;
  readonly resume: string | undefined;
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
    { ...ALL_NODES, help: "what happens on every node of the cluster that answers; not with --resume" },
  ],
  examples: [
    ["watch", "until interrupted"],
    ["watch --kind health,alarm -n 10", "what is wrong, beginning with the last ten"],
    ["watch -o json | while read event; do …; done", "one JSON value on each line"],
    ["watch --kind role --count 1", "wait for the next change of roles"],
    ["watch --all-nodes", "what happens in the cluster"],
  ],
  async run({ options: { kind: kinds = [], backlog, count, resume, allNodes } }, world) {
    const which = { kinds, backlog, resume };
    if (!allNodes) return untilEnough(follow(world, which, HERE), count);
    if (resume !== undefined) throw tooMuch(resume);
    return untilEnough(followAll(world, which), count);
  },
};

/** A token is a place in the stream of one node. */
function tooMuch(token: string): LbError {
  const want = "no token with --all-nodes";
  const got = `"${token}"`;
  return new LbError({ code: "invalid_argument", doing: "watch", field: "--resume", got, want });
}

async function* untilEnough(events: AsyncIterable<NodeEvent>, count = Infinity): AsyncGenerator<Answer> {
  let left = count;
  for await (const event of events) {
    yield { json: event, text: (paint) => formatEvent(event, paint) };
    if (--left === 0) return;
  }
}

/** Events of every node that answers now, as they come. */
async function* followAll(world: World, which: Which): AsyncGenerator<NodeEvent> {
  const { said } = await askAllNodes(world, (node) => latestOf(node, { backlog: 1, kinds: [] }));
  const ending = new AbortController();
  const streams = answersOf(said).map(({ node }) =>
    follow({ ...world, connect: () => world.connect(node) }, which, {
      name: `"${node}"`,
      signal: ending.signal,
    }),
  );
  yield* mergeStreams(streams, () => ending.abort());
}

/** Who is followed, and until when. */
interface Followed {
  readonly name: string;
  readonly signal: AbortSignal;
}

const HERE: Followed = { name: "The daemon", signal: new AbortController().signal };

/** Events without an end. A daemon that goes away is waited for; what happened meanwhile comes, or a gap. */
async function* follow(
  world: World,
  { kinds, backlog, resume }: Which,
  { name, signal }: Followed,
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
      for await (const event of from(world, { resumeToken: token, kinds }, signal)) {
        token = event.token;
        if (isAway) world.err.write(`${name} answers again\n`);
        isAway = false;
        if (shown.delete(token)) continue;
        yield event;
      }
    } catch (error) {
      if (!(error instanceof LbError) || error.failure.code !== "unavailable") throw error;
    }
    if (signal.aborted) return;
    if (!isAway) world.err.write(`${name} does not answer: waiting for it\n`);
    isAway = true;
    await world.sleep(AGAIN_AFTER_MS);
  }
}

/** Where the stream is now: from there on nothing is missed, however long it takes to ask. */
async function latestToken(world: World): Promise<string> {
  const [event] = await latest(world, { backlog: 1, kinds: [] });
  return event!.token; // its own start is the first
}

type Latest = Pick<EventWatch, "backlog" | "kinds">;

const latest = (world: World, of: Latest): Promise<NodeEvent[]> =>
  withDaemon(world, (node) => latestOf(node, of));

const latestOf = (node: RemoteNode, of: Latest): Promise<NodeEvent[]> =>
  Array.fromAsync(node.events({ ...of, follow: false }, new AbortController().signal));

async function* from(
  world: World,
  of: Pick<EventWatch, "kinds"> & { resumeToken: string },
  signal: AbortSignal,
): AsyncGenerator<NodeEvent> {
  const ending = new AbortController();
  let node: RemoteNode | undefined;
  try {
    node = await world.connect();
    yield* node.events({ ...of, backlog: 0, follow: true }, AbortSignal.any([ending.signal, signal]));
  } finally {
    ending.abort();
    node?.close();
  }
}
