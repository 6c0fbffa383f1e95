import type { Engine } from "@tandem/engine";
import type { PeerStatus } from "@tandem/sync";
import type { Logger } from "pino";
import { expect, test } from "vitest";
import type { ClusterLink } from "./cluster-link.ts";
import { createMembership, livePeers, refuseToForget } from "./membership.ts";

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

const peers = [
  { node: "lb2", state: "live" },
  { node: "lb3", state: "alone" },
] as PeerStatus[];

test("a peer that is not heard is lost, but while NATS is away it may be well", () => {
  expect(livePeers({ peers, isAway: false })).toEqual(["lb2"]);
  expect(livePeers({ peers, isAway: true })).toEqual(["lb2", "lb3"]);
});

test("only a peer that is lost can be forgotten, and only while NATS would tell of it", () => {
  expect(() => refuseToForget("lb3", { peers, isAway: false })).not.toThrow();
  const refusal = 'Cannot forget peer "lb3": NATS is away, so it may be well, wanted a peer that is lost';
  expect(() => refuseToForget("lb3", { peers, isAway: true })).toThrow(refusal);
  const live = 'Cannot forget peer "lb2": it is live, wanted a peer that is lost';
  expect(() => refuseToForget("lb2", { peers, isAway: false })).toThrow(live);
  expect(() => refuseToForget("lb4", { peers, isAway: false })).toThrow('Cannot find peer "lb4"');
});

test("a node that has not joined knows nobody to forget", () => {
  const node = createMembership(link(true), { node: "lb1", engine: {} as Engine, log: {} as Logger });
  expect(() => node.forget("lb2")).toThrow('Cannot find peer "lb2"');
});
