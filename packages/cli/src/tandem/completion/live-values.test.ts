import type { RemoteNode } from "@tandem/engine/client";
import { expect, test } from "vitest";
import type { World } from "../command.ts";
import { askDaemon } from "./live-values.ts";

/** A daemon that answers so, and a time that passes so. */
function worldWith(of: Pick<World, "sleep"> & { services: RemoteNode["services"] }) {
  let isHungUp = false;
  const node = { services: of.services, close: () => void (isHungUp = true) } as RemoteNode;
  const world = { connect: async () => node, sleep: of.sleep } as unknown as World;
  return { world, isHungUp: () => isHungUp };
}
const never = new Promise<never>(() => {});

test("a completion gives up on a daemon that does not answer in time, and hangs up", async () => {
  const { world, isHungUp } = worldWith({ services: () => never, sleep: async () => {} });
  expect(await askDaemon(world)("service", [])).toEqual([]);
  expect(isHungUp()).toBe(true);
});

test("a completion that has its answer waits for no deadline", async () => {
  let deadline: AbortSignal | undefined;
  const { world } = worldWith({
    services: async () => [],
    sleep: (_, signal) => {
      deadline = signal;
      return never;
    },
  });
  expect(await askDaemon(world)("drained", [])).toEqual(["director"]);
  expect(deadline?.aborted).toBe(true);
});
