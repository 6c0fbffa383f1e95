import type { ConnectionStatus } from "./connection-status.ts";

/** A packet that there is, or might be. */
export interface PacketQuestion {
  protocol: string;
  /** Address, or address:port. */
  client: string;
  /** address:port. */
  virtual: string;
  /** Firewall mark that it carries; 0: what the document's rules give it. */
  mark: number;
  /** Interface that it comes in by, for the document's rules. */
  interface?: string;
}

/** Why a packet goes where it goes. */
export interface ExplanationStatus {
  /** Absent: it is for no service. */
  service?: { key: string; why: string };
  /** The connection that it belongs to; absent: it would be the first. */
  connection?: ConnectionStatus;
  /** The template that its client has. */
  template?: ConnectionStatus;
  /** What the scheduler has to choose from; absent: it is not asked. */
  scheduler?: { name: string; candidates: CandidateStatus[]; pick?: string };
  /** What is changed in it, in order: one sentence each. */
  rewriting: string[];
  verdict: { name: string; reason: string; says: string };
  /** How its connection ends; empty: there is none. */
  ends: string;
  /** Name of the node that decides. */
  node: string;
}

/** A destination as its scheduler sees it. */
export interface CandidateStatus {
  destination: string;
  weight: number;
  active: number;
  inactive: number;
  overloaded: boolean;
  /** May be picked. */
  usable: boolean;
}
