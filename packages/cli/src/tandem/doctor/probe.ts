/** What a probe of `doctor` is. */
import type { TunnelWay } from "../../node/document/tunnel-room.ts";
import type { Machine } from "./machine.ts";

/** `fail`: Tandem cannot run, or cannot do what it is for. `warn`: it runs, and the operator should know. */
export type Verdict = "ok" | "warn" | "fail";

/** One line of the report; what is not well comes with what to do about it. */
export type Finding = { readonly check: string; readonly found: string } & (
  | { readonly verdict: "ok"; readonly fix?: never }
  | { readonly verdict: Exclude<Verdict, "ok">; readonly fix: string }
);

/** What probes look at. */
export interface Patient {
  readonly machine: Machine;
  /** Virtual addresses in canonical text, from the daemon and from the document given; none if neither is there. */
  readonly virtualAddresses: readonly string[];
  /** Firewall marks of services that no rule of their document gives, from both likewise. */
  readonly marksWithoutRule: readonly number[];
  /** Tunnels to destinations, from both likewise. */
  readonly tunnels: readonly TunnelWay[];
  /** Interfaces that the node's configuration names; undefined without one: all that there are. */
  readonly interfaces: readonly string[] | undefined;
  /** The node's configuration has keepalived move its virtual addresses. */
  readonly hasVrrp: boolean;
}

/** Looks at one thing. Changes nothing, never throws. */
export type Probe = (patient: Patient) => Finding[] | Promise<Finding[]>;
