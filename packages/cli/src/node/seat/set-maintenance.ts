/** Maintenance as a state that is wanted: asking for it again changes nothing. */
import type { SeatHolder } from "./vrrp-seat.ts";

/** What maintenance is to a node. */
export type MaintenanceSeat = Pick<SeatHolder, "isInMaintenance" | "enterMaintenance" | "leaveMaintenance">;

/** Take a node out of service, leaving its addresses to a peer that is in sync, or back into it. @throws LbError as `enterMaintenance` */
export function setMaintenance(seat: MaintenanceSeat, on: boolean): { changed: boolean } {
  if (seat.isInMaintenance() === on) return { changed: false };
  if (on) seat.enterMaintenance({ toUnready: false });
  else seat.leaveMaintenance();
  return { changed: true };
}
