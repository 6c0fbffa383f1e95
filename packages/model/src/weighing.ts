/** Changes that only weigh: who operates a cluster makes them, without being the one who configures it. Pure. */
import type { DocumentSpec } from "./config.ts";
import { documentChanges } from "./document-changes.ts";

/** Whether two documents differ in nothing but weights of destinations and what is drained. */
export const isWeighing = (before: DocumentSpec, after: DocumentSpec): boolean =>
  documentChanges(weightless(before), weightless(after)).length === 0;

const weightless = (document: DocumentSpec): DocumentSpec => ({
  ...document,
  services: document.services.map((s) => ({
    ...s,
    destinations: s.destinations.map((d) => ({ ...d, weight: 0, drain: false })),
  })),
});
