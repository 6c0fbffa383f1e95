/** `tandem top`: what goes on right now, kept up to date. */
import type { RemoteNode } from "@tandem/engine/client";
import { LbError } from "@tandem/model/failure";
import { type Command, EXIT, type World, withDaemon } from "../command.ts";
import { paintFor } from "../paint-for.ts";
import { drawFrame, pageOf } from "../top/frame.ts";
import type { Screen } from "../top/screen.ts";
import { INITIAL, press, type TopState } from "../top/state.ts";

const ASK_MS = 1000;

export const top: Command<object> = {
  options: [],
  examples: [["top", "press ? for its keys, q to quit"]],
  async run(_, world) {
    const screen = await world.openScreen();
    if (!screen) {
      const want = "one; in scripts: `tandem services -o json`";
      throw new LbError({ code: "refused", doing: "show what goes on", why: "this is no terminal", want });
    }
    try {
      await withDaemon(world, (node) => show(node, screen, world));
    } finally {
      screen.close();
    }
    return EXIT.ok;
  },
};

/** Until the operator has seen enough. */
async function show(node: RemoteNode, screen: Screen, world: World): Promise<void> {
  const paint = paintFor(world.out, world.env);
  const over = new AbortController();
  let state = INITIAL;
  const become = (next: TopState): void => {
    state = next;
    if (!over.signal.aborted) screen.draw(drawFrame(state, screen.size(), paint));
  };
  const keepAsking = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const news = state.isPaused ? {} : await ask(node);
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

/** A daemon that does not answer may come back: what it said last stays on the screen. */
async function ask(node: RemoteNode): Promise<Partial<TopState>> {
  try {
    const [status, services] = await Promise.all([node.status(), node.services()]);
    return { node: status, services, problem: "" };
  } catch (error) {
    if (error instanceof LbError) return { problem: error.message };
    throw error;
  }
}
