import type { NodeStatus, PeerStatus } from "@tandem/engine/client";
import { expect, test } from "vitest";
import { healthyStatus } from "../testing/fake-status.ts";
import { judge, type Verdict } from "./verdict.ts";

const [peer] = healthyStatus.peers as [PeerStatus];
const peers = (change: Partial<PeerStatus>) => ({ peers: [{ ...peer, ...change }] });

const cases: { when: string; change: Partial<NodeStatus>; verdict: Verdict; why: string }[] = [
  { when: "all is well", change: {}, verdict: "safe", why: "lb2 could take over" },
  {
    when: "all is well, and this node is the standby",
    change: { role: "standby", ...peers({ role: "active" }) },
    verdict: "safe",
    why: "all is well; lb2 serves, this node could take over",
  },
  {
    when: "a node is on its own by choice",
    change: { nats: "off", role: "standalone", peers: [] },
    verdict: "safe",
    why: "nothing takes over from this node",
  },
  { when: "it cannot forward", change: { forwarding: false }, verdict: "unsafe", why: "cannot forward" },
  { when: "VRRP is in fault", change: { role: "fault" }, verdict: "unsafe", why: "in fault" },
  { when: "there is no document", change: { revision: 0 }, verdict: "unsafe", why: "no document" },
  { when: "no peer was heard of", change: { peers: [] }, verdict: "unsafe", why: "nothing would take over" },
  {
    when: "the peer is lost",
    change: peers({ state: "lost" }),
    verdict: "unsafe",
    why: "nothing would take over",
  },
  {
    when: "one of two peers is lost",
    change: { peers: [peer, { ...peer, node: "lb3", state: "lost" }] },
    verdict: "degraded",
    why: "not every peer is in sync",
  },
  {
    when: "NATS is away, and so every peer silent",
    change: { nats: "disconnected", ...peers({ state: "lost" }) },
    verdict: "unsafe",
    why: "one that took over would lack what is new",
  },
  {
    when: "a service is down",
    change: { alarms: ['Service "tcp 192.0.2.1:80" has no healthy destination'] },
    verdict: "unsafe",
    why: "served by nobody",
  },
  {
    when: "the document was emptied",
    change: { alarms: ["The document has no services: nothing is served"] },
    verdict: "degraded",
    why: "the document has no services",
  },
  { when: "NATS is away", change: { nats: "disconnected" }, verdict: "degraded", why: "NATS" },
  {
    when: "revisions differ",
    change: peers({ revision: 41 }),
    verdict: "degraded",
    why: "the same revision",
  },
  { when: "tables differ", change: peers({ differing: 2 }), verdict: "degraded", why: "tables differed" },
  {
    when: "the table is nearly full",
    change: { connections: 990_000 },
    verdict: "degraded",
    why: "nearly full",
  },
  { when: "it is in maintenance", change: { maintenance: true }, verdict: "degraded", why: "maintenance" },
  {
    when: "the only peer is in maintenance",
    change: peers({ maintenance: true }),
    verdict: "degraded",
    why: "every peer that could take over is in maintenance",
  },
  {
    when: "one of two peers is in maintenance",
    change: {
      peers: [
        { ...peer, maintenance: true },
        { ...peer, node: "lb3" },
      ],
    },
    verdict: "safe",
    why: "all is well; lb3 could take over",
  },
  {
    when: "a destination is down",
    change: { alarms: ['Destination "tcp 192.0.2.10:80 -> 10.0.0.2:8080" is down: refused'] },
    verdict: "degraded",
    why: "not every destination",
  },
  {
    when: "there is another alarm",
    change: { alarms: ["Odd"] },
    verdict: "degraded",
    why: "wants looking at",
  },
  {
    when: "several things are wrong, by the worst",
    change: { nats: "disconnected", forwarding: false },
    verdict: "unsafe",
    why: "cannot forward",
  },
];
for (const { when, change, verdict, why } of cases) {
  test(`the verdict is ${verdict} when ${when}`, () => {
    const judged = judge({ ...healthyStatus, ...change });
    expect(judged).toMatchObject({ verdict, why: expect.stringContaining(why) });
    if (verdict === "safe") expect(judged.advice).toEqual([]);
  });
}

test("what a lost peer's table and revision were is not held against it", () => {
  const lost: PeerStatus = { ...peer, node: "lb3", state: "lost", differing: 2, revision: 41 };
  expect(judge({ ...healthyStatus, peers: [peer, lost] }).advice).toHaveLength(1);
});

test("what to do is said for all that is wrong, not only for the worst", () =>
  expect(judge({ ...healthyStatus, nats: "disconnected", forwarding: false }).advice).toHaveLength(2));
