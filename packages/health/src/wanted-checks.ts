import type { CheckSpec, Document, Id } from "@tandem/model";
import type { CheckTarget } from "./checker.ts";

/** One destination of one service, and how the operator wants it checked. */
export interface WantedCheck {
  readonly serviceId: Id;
  readonly destinationId: Id;
  /** Where the check goes: the check's own port, else the destination's, else the service's. */
  readonly target: CheckTarget;
  /** Configured weight, 0 and up. */
  readonly weight: number;
  /** Time in which the weight grows to its full size when the destination comes back or is added. */
  readonly slowStartMs: number;
  /** Taken out of service: still checked, so that its health is known when it returns. */
  readonly isDrained: boolean;
  /** Absent: not checked, always up. */
  readonly check: CheckSpec | undefined;
}

/** Everything that a document wants checked or counted as up, in document order. */
export function selectChecks(document: Document): readonly WantedCheck[] {
  return document.services.flatMap((service) =>
    service.destinations.map((destination) => ({
      serviceId: service.id,
      destinationId: destination.id,
      target: {
        address: destination.address,
        port: service.check?.port ?? (destination.port || service.port), // 0: the packet's own
      },
      weight: destination.weight,
      slowStartMs: service.slowStart * 1000,
      isDrained: destination.drain,
      check: service.check,
    })),
  );
}
