/** What every change of the document has to pass, whoever asks for it and in whatever way. Pure. */
import type { ApiRole } from "@tandem/engine";
import { type DocumentSpec, isWeighing, LbError } from "@tandem/model";
import { admitTunnels, type MtuOf } from "./tunnel-room.ts";

/** Who changes the document, and what he may do; absent: everything. */
export interface Changer {
  readonly author: string;
  readonly role?: ApiRole;
}

/** A change of the document. */
export interface Proposal {
  readonly current: DocumentSpec;
  readonly spec: DocumentSpec;
}

/**
 * Let a change through.
 *
 * @returns what an operator should know of it on this node, one sentence each
 * @throws LbError forbidden, for more than its author may do; invalid_document, for tunnels without room
 */
export function admit({ current, spec }: Proposal, by: Changer, mtuOf: MtuOf): string[] {
  demandRole(by, current, spec);
  return admitTunnels(spec, current, mtuOf);
}

function demandRole({ author, role = "admin" }: Changer, current: DocumentSpec, spec: DocumentSpec): void {
  if (role === "admin" || (role === "operate" && isWeighing(current, spec))) return;
  throw new LbError({
    code: "forbidden",
    doing: "change the document",
    who: `"${author}" has the role "${role}"`,
    want: 'the role "admin" for more than weights and draining',
  });
}
