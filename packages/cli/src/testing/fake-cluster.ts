/** Fake directors that can call each other, without NATS between them. */
import { join } from "node:path";
import {
  type NodeApi,
  type NodeStatus,
  type PeerCalls,
  serveForwarded,
  startApiServer,
} from "@tandem/engine";
import { LbError } from "@tandem/model";
import { onTestFinished } from "vitest";
import { createFakeNode } from "./fake-node.ts";
import { healthyStatus } from "./fake-status.ts";
import { createFolder } from "./run-tandem.ts";

/** What a director answers otherwise than the fake; "silent": it does not answer. */
export type FakeMember = Partial<NodeApi> | "silent";

/** A cluster of directors by name. Returns the socket of the first. */
export async function startFakeCluster(
  members: Record<string, FakeMember>,
  status: Partial<NodeStatus> = {},
): Promise<string> {
  const [here, ...others] = Object.keys(members) as [string, ...string[]];
  const nodes = new Map(
    Object.entries(members).flatMap(([name, overrides]) =>
      overrides === "silent" ? [] : [[name, createMember(name, overrides)]],
    ),
  );
  function createMember(node: string, overrides: Partial<NodeApi>): NodeApi {
    const peers = Object.keys(members)
      .filter((name) => name !== node)
      .map((name) => ({ ...healthyStatus.peers[0]!, node: name }));
    return createFakeNode({
      status: async () => ({ ...healthyStatus, node, peers, ...status }),
      ...overrides,
    });
  }
  const peers: PeerCalls = {
    node: here,
    peers: () => others,
    async *call(name, request, { signal }) {
      const api = nodes.get(name);
      const why = "it does not answer";
      if (!api) throw new LbError({ code: "unavailable", what: `node "${name}"`, why });
      yield* serveForwarded(request, { api }, { peer: here, signal });
    },
  };
  const socketPath = join(await createFolder(), "api.sock");
  const onBug = (bug: unknown) => {
    throw bug;
  };
  const health = async () => ({ ok: true, why: "ok" });
  const server = await startApiServer({ socketPath, api: nodes.get(here)!, onBug, health, peers });
  onTestFinished(() => server.stop());
  return socketPath;
}
