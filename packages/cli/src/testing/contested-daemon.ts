/** A daemon whose document somebody else changes at the worst moment: behind a command's back, between its look and its change. */
import type { NodeApi } from "@tandem/engine";
import { specOf } from "@tandem/model";
import { createFakeNode } from "./fake-node.ts";
import { fakeServices } from "./fake-services.ts";
import { startFakeDaemon } from "./run-tandem.ts";

/** Bob's change: revision 43, a weight. */
export async function startContestedDaemon(): Promise<{ socket: string; node: NodeApi }> {
  const node = createFakeNode();
  let isDone = false;
  const services = async () => {
    const spec = structuredClone(specOf(await node.document()));
    spec.services[0]!.destinations[1]!.weight = 7;
    if (!isDone) await node.apply(spec, { author: "bob", reason: "one fan is loud" });
    isDone = true;
    return fakeServices;
  };
  return { socket: await startFakeDaemon({ ...node, services }), node };
}

/** What the one who comes second is told first. */
export const CONFLICT = `Revision 43 by bob, 2026-11-22 18:40:00 UTC: one fan is loud
Since revision 42: 1 change
  ~ tcp 192.0.2.10:80 -> 10.0.0.2:8080: weight 10 → 7
`;
