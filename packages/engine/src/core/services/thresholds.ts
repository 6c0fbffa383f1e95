/** Connection thresholds: when a destination gets no new connections, and when it gets some again (Linux 6.1 `ip_vs_bind_dest`, `ip_vs_unbind_dest`, `ip_vs_update_dest`). */
import type { Destination } from "./service.ts";

const total = (d: Destination): number => d.active + d.inactive;

/** After a connection or template was bound to it: is it full now? */
export function fill(d: Destination): void {
  if (d.upperThreshold !== 0 && total(d) >= d.upperThreshold) d.overloaded = true;
}

/** After a connection or template has left it: below its lower threshold, or three quarters of the upper one, it is open again. */
export function drain(d: Destination): void {
  if (d.lowerThreshold !== 0) {
    if (total(d) < d.lowerThreshold) d.overloaded = false;
  } else if (total(d) * 4 < d.upperThreshold * 3 || d.upperThreshold === 0) d.overloaded = false;
}

/** Other thresholds: a higher or no upper one opens it, a lower one closes it with the next connection only. */
export function setThresholds(d: Destination, upper: number, lower: number): void {
  if (upper === 0 || upper > d.upperThreshold) d.overloaded = false;
  d.upperThreshold = upper;
  d.lowerThreshold = lower;
}
