/** Scheduler flags as ipvsadm writes them. */
import type { ListedService } from "./table.ts";

/** The flags of a service, separated by commas; undefined: it has none. Flags that sh and mh have no name for leave an empty text. */
export function formatFlags({ scheduler, schedulerFlags, unusedFlags }: ListedService): string | undefined {
  if (schedulerFlags.length + unusedFlags.length === 0) return undefined;
  if (scheduler !== "sh" && scheduler !== "mh") return unusedFlags.toSorted().join(",");
  return schedulerFlags
    .map((flag) => `${scheduler}-${flag}`)
    .toSorted()
    .join(",");
}
