/** The tunnels of the document that runs with too little room, as they were found some seconds ago. */
import { type Document, specOf } from "@tandem/model";
import type { Drafting } from "./apply-document.ts";
import { examineTunnels, type TunnelFinding, tunnelsIn } from "./tunnel-room.ts";

/** Findings about a document's tunnels; `nowMs` of any clock that never goes back. Never rejects. */
export type TunnelWatch = (document: Document, nowMs: number) => Promise<readonly TunnelFinding[]>;

/** Status is asked for every 2 s and at each scrape, a path's MTU changes seldom, and a thousand questions take 20 ms. */
const GOOD_FOR_MS = 5000;

/** A watch that measures anew when another document runs, and what it found is too old. */
export function createTunnelWatch(measure: Drafting["measure"]): TunnelWatch {
  let last: { document: Document; atMs: number; findings: ReturnType<TunnelWatch> } | undefined;

  async function look(document: Document): Promise<readonly TunnelFinding[]> {
    const ways = tunnelsIn(specOf(document));
    return examineTunnels(ways, await measure(ways));
  }

  return (document, nowMs) => {
    if (last?.document !== document || nowMs - last.atMs >= GOOD_FOR_MS)
      last = { document, atMs: nowMs, findings: look(document) };
    return last.findings;
  };
}
