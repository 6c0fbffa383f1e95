/** What states are called in requests and answers. */
import { PROTOCOLS } from "../protocols/transitions.ts";

/** States of connections of any protocol, and of templates. */
export const STATE_NAMES: ReadonlySet<string> = new Set([
  ...Object.values(PROTOCOLS).flatMap((protocol) => protocol?.stateNames ?? []),
  "NONE",
  "ASSURED",
]);
