/** The demo's pair of directors, brought up for a test. */
import type { DocumentSpec } from "@tandem/model";
import type { Cluster } from "../../demo/cluster.ts";
import { both, isActive, isWhole } from "../../demo/conditions.ts";
import type { Director } from "../../demo/director.ts";
import { DOCUMENT } from "../../demo/site.ts";
import { until } from "../../lab/index.ts";

const DEADLINE_MS = 25_000;

const becomes = (what: string, holds: () => Promise<boolean>) =>
  until(holds, { deadlineMs: DEADLINE_MS, what, everyMs: 50 });

/** Give a document, by default the demo's, to a director that starts, once the store has elected its leader. */
export const applyDocument = (director: Director, document: DocumentSpec = DOCUMENT) =>
  becomes(`${director.name} has the document`, () =>
    director
      .ask((node) => node.apply(document, { author: "test" }))
      .then(
        () => true,
        () => false, // it starts, or the store does
      ),
  );

/** Start both, in sync at the demo's document: `d1` is active. */
export async function startPair({ directors: { d1, d2 }, view }: Cluster): Promise<void> {
  await d1.start();
  await applyDocument(d1);
  await d2.start();
  await becomes("both are in sync, d1 active", async () => both(isWhole, isActive("d1"))(await view()));
}
