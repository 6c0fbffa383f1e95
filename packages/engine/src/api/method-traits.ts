/** The API's methods as a table of what each takes and does: all that its clients need to know of them, too. Loads nothing. */
import type { NodeHandlers } from "../../proto/generated/tandem/v1/Node.ts";
import type { ApiRole } from "./caller.ts";

/** Names of the methods alone: the generated type also allows any other. */
export type MethodName = keyof {
  [M in keyof NodeHandlers as string extends M ? never : number extends M ? never : M]: true;
};

/** What a method takes and does. */
export interface MethodTraits {
  readonly role: ApiRole;
  /** Whether it is there to change something, but for a dry run; `either`: its request's own words decide. */
  readonly effect: "reads" | "changes" | "either";
}

const VIEW: MethodTraits = { role: "view", effect: "reads" };
const OPERATE: MethodTraits = { role: "operate", effect: "changes" };
const ADMIN: MethodTraits = { role: "admin", effect: "changes" };

/** Every method of `tandem.v1.Node`. */
export const METHOD_TRAITS: Readonly<Record<MethodName, MethodTraits>> = {
  GetStatus: VIEW,
  ListServices: VIEW,
  ListConnections: VIEW,
  KillConnections: OPERATE,
  ZeroCounters: OPERATE,
  GetDocument: VIEW,
  GetDocumentText: VIEW,
  ApplyDocument: OPERATE, // to weigh; more is refused by what it changes
  ListRevisions: VIEW,
  RollBack: ADMIN,
  RestoreDocument: ADMIN,
  DrainDestination: OPERATE,
  Explain: VIEW,
  SwitchOver: OPERATE,
  SetMaintenance: OPERATE,
  ForgetPeer: OPERATE,
  WatchEvents: VIEW,
  CapturePackets: { role: "operate", effect: "reads" },
  RunIpvsadm: { role: "view", effect: "either" }, // what takes more is refused by what it changes
};

/** The name in a method's path, `/tandem.v1.Node/GetStatus`. */
export const nameOf = ({ path }: { readonly path: string }): MethodName =>
  path.slice(path.lastIndexOf("/") + 1) as MethodName;

/** Whether such a call may have changed something once it has been sent: all but those that read and dry runs. */
export const mayChange = (name: MethodName, request: unknown): boolean =>
  METHOD_TRAITS[name].effect !== "reads" && (request as { dryRun?: boolean } | null)?.dryRun !== true;
