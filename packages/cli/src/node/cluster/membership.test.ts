import type { Engine } from "@tandem/engine";
import type { Logger } from "pino";
import { expect, test } from "vitest";
import type { ClusterLink } from "./cluster-link.ts";
import { createMembership } from "./membership.ts";

const link = (isConnected: boolean) => ({ transport: { isConnected: () => isConnected } }) as ClusterLink;

const cases = [
  { name: "on its own asks nobody", link: undefined, nats: "off", reachable: [] },
  { name: "without NATS can ask nobody", link: link(false), nats: "disconnected", reachable: undefined },
  { name: "that has not joined has heard of nobody", link: link(true), nats: "connected", reachable: [] },
];
for (const c of cases) {
  test(`a node ${c.name}`, async () => {
    const node = createMembership(c.link, { node: "lb1", engine: {} as Engine, log: {} as Logger });
    expect(node.nats).toBe(c.nats);
    expect(node.reachable()).toEqual(c.reachable);
    expect([node.known(), node.live()]).toEqual([[], []]);
    expect(await node.flush()).toBe(false);
  });
}
