/** Who calls, and what each role may do. */
import { LbError } from "@tandem/model/failure";

/** From the least to the most: looking; weights, draining and switching over; everything. */
export const API_ROLES = ["view", "operate", "admin"] as const;
export type ApiRole = (typeof API_ROLES)[number];

/** A certificate gives its role as a URI among its subject's alternative names: `tandem://role/operate`. */
export const ROLE_URI = "tandem://role/";

/** Who a call comes from. */
export interface Caller {
  /** Name that was proven (of a certificate); undefined: who reaches the unix socket says for himself who he is. */
  readonly name?: string;
  readonly role: ApiRole;
  /** Where he calls from, for the audit: `192.0.2.7:40112`, or "unix socket". */
  readonly from: string;
  /** What he typed, one line, if his program says so. */
  readonly command?: string;
}

/** Whoever may open the daemon's unix socket. */
export const LOCAL_CALLER: Caller = { role: "admin", from: "unix socket" };

/** Whether a caller's role includes another one. */
export const includes = (caller: Caller, role: ApiRole): boolean =>
  API_ROLES.indexOf(caller.role) >= API_ROLES.indexOf(role);

/** Let a caller through whose role suffices. @throws LbError forbidden */
export function demandRole(caller: Caller, role: ApiRole, method: string): void {
  if (includes(caller, role)) return;
  const who = `"${caller.name ?? "the caller"}" has the role "${caller.role}"`;
  throw new LbError({ code: "forbidden", doing: `call ${method}`, who, want: `the role "${role}"` });
}
