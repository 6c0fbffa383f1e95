/** What the parts of the core share: the tables, the way out, and the form of an answer to an upcall. */
import type { DataPlane, InjectKind, Upcall } from "../../dataplane/dataplane.ts";
import type { ParsedPacket } from "../../packet/parse.ts";
import type { Connections } from "../life/connections.ts";
import type { Defence } from "../life/defence.ts";
import type { ServiceTable } from "../services/service-table.ts";
import type { Reason } from "../verdict.ts";
import type { IcmpSender } from "./icmp-sender.ts";
import type { Outlet } from "./outlet.ts";

/** The tables and the way out. One thread owns them. */
export interface CoreContext {
  readonly connections: Connections;
  readonly services: ServiceTable;
  /** `inject`: packets that the core makes itself; `sourceFor`: whom they come from. */
  readonly dataplane: Pick<DataPlane, "inject" | "sourceFor" | "now">;
  /** Errors that the core sends itself: one sender, so that one limit holds for all of them. */
  readonly icmp: IcmpSender;
  readonly defence: Defence;
  /** A whole number from 0 to `below` - 1. */
  random(below: number): number;
}

/** A context with the way out of what the core sends itself: one for all parts, as its buffers are as long as the longest packet. */
export interface CoreParts extends CoreContext {
  readonly outlet: Outlet;
}

/** What to do with an upcall. Reused. */
export interface Decision {
  /** A core reason. */
  reason: Reason;
  /** How to send the packet, which may have been rewritten in place; undefined: drop it. */
  inject: InjectKind | undefined;
  /** Record that `via` and `flow` are about; -1 none. */
  index: number;
  /** Id of the destination of a packet that goes there without a record to say so; 0 of all others. */
  destination: number;
}

/** Answers one kind of upcall. The result is reused. Never throws. */
export type Handler = (upcall: Upcall, now: number) => Readonly<Decision>;

/** Handlers of upcalls, by the reasons that a part of the core answers. */
export type Handlers<R extends Reason> = Readonly<Record<R, Handler>>;

/** Makes connections: what a packet that opens one, its IP and transport headers parsed, becomes. `upcall` is sent as it is, or not at all. */
export type Opener = (p: ParsedPacket, upcall: Upcall, now: number) => Readonly<Decision>;

/** Decisions in one reused object. */
export interface Verdicts {
  drop(reason: Reason): Decision;
  send(reason: Reason, inject: InjectKind, index: number): Decision;
}

/** Make decisions without allocating. */
export function createVerdicts(): Verdicts {
  const decision: Decision = { reason: "core_malformed", inject: undefined, index: -1, destination: 0 };
  return {
    drop(reason) {
      decision.reason = reason;
      decision.inject = undefined;
      decision.index = -1;
      decision.destination = 0;
      return decision;
    },
    send(reason, inject, index) {
      decision.reason = reason;
      decision.inject = inject;
      decision.index = index;
      decision.destination = 0;
      return decision;
    },
  };
}
