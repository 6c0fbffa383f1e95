import type { NodeApi, NodeStatus, PeerStatus } from "@tandem/engine";
import { LbError } from "@tandem/model";
import { expect, test } from "vitest";
import { startFakeCluster } from "../../testing/fake-cluster.ts";
import { healthyStatus } from "../../testing/fake-status.ts";
import { runTandem } from "../../testing/run-tandem.ts";

const peer = (node: string, state: PeerStatus["state"]): PeerStatus => ({
  ...healthyStatus.peers[0]!,
  node,
  state,
});
/** `lb1` hears lb2, and lb3 no more. */
const status: Partial<NodeStatus> = { peers: [peer("lb2", "live"), peer("lb3", "lost")] };

/** What one director does when it is asked to forget. */
type Member = "forgets" | "knows nobody" | "hears it" | "silent";

const FAILURES: Record<"knows nobody" | "hears it", LbError> = {
  "knows nobody": new LbError({ code: "not_found", what: "peer", key: "lb3" }),
  "hears it": new LbError({
    code: "refused",
    doing: "forget",
    why: "it is live",
    want: "a peer that is lost",
  }),
};

async function forget(here: Member, other: Member) {
  const asked: unknown[] = [];
  const member = (does: Member): Partial<NodeApi> | "silent" => {
    if (does === "silent") return does;
    return {
      async forgetPeer(request) {
        asked.push(request);
        if (does !== "forgets") throw FAILURES[does];
      },
    };
  };
  const socket = await startFakeCluster({ lb1: member(here), lb2: member(other), lb3: "silent" }, status);
  return { ...(await runTandem(socket, ["forget", "lb3"])), asked };
}

test("forget has every director that is heard forget, and does not ask the one that is gone", async () => {
  const { out, err, exitCode, asked } = await forget("forgets", "forgets");
  expect(out).toBe("lb3 is forgotten by lb1, lb2. If it speaks again, it is a peer again.\n");
  expect([err, exitCode]).toEqual(["", 0]);
  const request = { peer: "lb3", author: "ops" };
  expect(asked).toEqual([request, request]);
});

const cases: { here: Member; other: Member; says: RegExp; exitCode: number }[] = [
  { here: "knows nobody", other: "forgets", says: /^lb3 is forgotten by lb2\./, exitCode: 0 },
  { here: "knows nobody", other: "knows nobody", says: /^error: Cannot find peer "lb3"/, exitCode: 1 },
  { here: "hears it", other: "forgets", says: /it is live, wanted a peer that is lost/, exitCode: 1 },
  { here: "forgets", other: "hears it", says: /it is live.*lb3 is forgotten by lb1\./s, exitCode: 1 },
  { here: "forgets", other: "silent", says: /"lb2": it does not answer.*by lb1\./s, exitCode: 1 },
];
for (const { here, other, says, exitCode } of cases)
  test(`forget where the director at hand ${here} and another ${other} ends with ${exitCode}`, async () => {
    const ran = await forget(here, other);
    expect(ran.err + ran.out).toMatch(says);
    expect(ran.exitCode).toBe(exitCode);
  });
