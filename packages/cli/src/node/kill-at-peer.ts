/** Having another director end the connections that it owns. */
import { forwardUnary, type KillRequest, type PeerCalls } from "@tandem/engine";

/** Ending half a million connections takes some seconds. */
const TIMEOUT_MS = 30_000;

/** Call a peer as an operator does, by its API; its audit tells that this node did. Fails as the peer's API does, and with unavailable. */
export async function killAtPeer(
  peers: PeerCalls,
  node: string,
  { filter, ...request }: KillRequest,
): Promise<{ killed: number }> {
  const to = {
    peers,
    node,
    caller: { role: "operate", from: `node ${peers.node}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
    timeoutMs: TIMEOUT_MS,
  } as const;
  const message = { ...request, filter: { ...filter, states: [...(filter.states ?? [])] } };
  return (await forwardUnary("KillConnections", message, to)) as { killed: number };
}
