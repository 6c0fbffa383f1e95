/** A daemon with a fake node behind it that is reached over TLS, for the duration of a test. */
import { type NodeApi, startApiServer, type TlsIdentity } from "@tandem/engine";
import { onTestFinished } from "vitest";
import { type TestAuthority, testAuthority, writeTestPair } from "./certificates.ts";
import { createFakeNode } from "./fake-node.ts";
import { createFolder } from "./run-tandem.ts";

/** A daemon, and the means to call it. */
export interface TlsDaemon {
  readonly port: number;
  readonly folder: string;
  readonly authority: TestAuthority;
  /** The paths that a client with this certificate gives. `ca` is that of the daemon. */
  proofOf(
    name: string,
    pair: { certificate: string; key: string },
  ): Promise<{ ca: string; cert: string; key: string }>;
  /** What the daemon finds when it looks for its identity next. */
  offer(identity: Partial<TlsIdentity>): void;
  /** What it has told of its identity. */
  readonly told: readonly string[];
}

/** Serves on loopback, and looks for a new identity 50 times a second. */
export async function startTlsDaemon(overrides: Partial<NodeApi> = {}): Promise<TlsDaemon> {
  const [folder, authority] = [await createFolder(), await testAuthority()];
  let identity: TlsIdentity = { ...(await authority.director()), clientCa: authority.pair.certificate };
  const told: string[] = [];
  const server = await startApiServer({
    socketPath: `${folder}/api.sock`,
    api: createFakeNode(overrides),
    onBug(bug) {
      throw bug;
    },
    health: async () => ({ ok: true, why: "ok" }),
    tls: {
      listen: [{ host: "127.0.0.1", port: 0 }],
      load: async () => identity,
      onIdentity: (outcome) => told.push("failure" in outcome ? String(outcome.failure) : "taken up"),
      lookEveryMs: 20,
    },
  });
  onTestFinished(() => server.stop());
  const { cert: ca } = await writeTestPair(folder, "ca", authority.pair);
  return {
    port: server.tlsPorts[0]!,
    folder,
    authority,
    told,
    proofOf: async (name, pair) => ({ ca, ...(await writeTestPair(folder, name, pair)) }),
    offer(found) {
      identity = { ...identity, ...found };
    },
  };
}
