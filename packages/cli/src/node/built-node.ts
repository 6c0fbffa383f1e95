/** What a node is built of before its doors open. */
import type { Logger } from "pino";
import type { ClusterLink } from "./cluster/cluster-link.ts";
import type { Membership } from "./cluster/membership.ts";
import type { NodeConfig } from "./config/node-config.ts";
import type { NodeCore } from "./node-core.ts";
import type { NodeDocument } from "./node-document.ts";
import type { SeatHolder } from "./seat/vrrp-seat.ts";

/** Each part stands on those before it. */
export interface BuiltNode {
  readonly config: NodeConfig;
  readonly log: Logger;
  /** Undefined: a director on its own. */
  readonly link: ClusterLink | undefined;
  readonly core: NodeCore;
  readonly seat: SeatHolder;
  readonly document: NodeDocument;
  readonly membership: Membership;
  /** Told of errors that are bugs. */
  readonly onBug: (error: unknown) => void;
}
