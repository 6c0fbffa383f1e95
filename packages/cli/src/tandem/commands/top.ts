/** `tandem top`: what goes on right now, kept up to date. */
import type { RemoteNode } from "@tandem/engine/client";
import { LbError } from "@tandem/model/failure";
import { answersOf } from "../../listing/gather.ts";
import { mergeServices } from "../../listing/merge-services.ts";
import { askAllNodes } from "../all-nodes.ts";
import { type Command, EXIT, type World, withDaemon } from "../command.ts";
import { paintFor } from "../paint-for.ts";
import { drawFrame, pageOf } from "../top/frame.ts";
import type { Screen } from "../top/screen.ts";
import { INITIAL, press, type TopState } from "../top/state.ts";

const ASK_MS = 1000;

interface Options {
  readonly allNodes?: boolean;
}

export const top: Command<Options> = {
  options: [{ flags: "--all-nodes", help: "what all nodes of the cluster forward, added up" }],
  examples: [
    ["top", "this node; press ? for its keys, q to quit"],
    ["top --all-nodes", "the whole cluster; a node that does not answer is named on top"],
  ],
  async run({ options: { allNodes = false } }, world) {
    const screen = await world.openScreen();
    if (!screen) {
      const want = "one; in scripts: `tandem services -o json`";
      throw new LbError({ code: "refused", doing: "show what goes on", why: "this is no terminal", want });
    }
    try {
      await withDaemon(world, (node) => show(() => (allNodes ? askAll(world) : askOne(node)), screen, world));
    } finally {
      screen.close();
    }
    return EXIT.ok;
  },
};

/** Until the operator has seen enough. */
async function show(ask: () => Promise<News>, screen: Screen, world: World): Promise<void> {
  const paint = paintFor(world.out, world.env);
  const over = new AbortController();
  let state = INITIAL;
  const become = (next: TopState): void => {
    state = next;
    if (!over.signal.aborted) screen.draw(drawFrame(state, screen.size(), paint));
  };
  const keepAsking = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const news = state.isPaused ? {} : await ask().catch(tell);
      become({ ...state, ...(state.isPaused ? {} : news) });
      await world.sleep(ASK_MS, over.signal);
    }
  };
  const asking = keepAsking();
  try {
    for await (const key of screen.keys) {
      become(key === undefined ? state : press(state, key, pageOf(screen.size())));
      if (state.isOver) break;
    }
  } finally {
    over.abort();
  }
  await asking;
}

/** What is new. */
type News = Partial<TopState>;

/** A daemon that does not answer may come back: what it said last stays on the screen. */
function tell(error: unknown): News {
  if (error instanceof LbError) return { problem: error.message };
  throw error;
}

async function askOne(node: RemoteNode): Promise<News> {
  const [status, services] = await Promise.all([node.status(), node.services()]);
  return { node: status, services, problem: "" };
}

/** Whoever does not answer is told of on the screen, where his share is missing. */
async function askAll(world: World): Promise<News> {
  const told: string[] = [];
  const err = { ...world.err, write: (text: string) => void told.push(text.trimEnd()) };
  const { said, status } = await askAllNodes({ ...world, err }, (node) => node.services());
  const nodes = answersOf(said);
  const others = nodes.map(({ node }) => node).filter((name) => name !== status.node);
  const absent = said.flatMap((each) => ("failure" in each ? [each.node] : []));
  return { node: status, others, absent, services: mergeServices(nodes), gap: told.join("; "), problem: "" };
}
