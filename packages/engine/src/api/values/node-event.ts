/** Which events, and from where on. */
export interface EventWatch {
  /** Token of the last event that was seen; absent: from now on. */
  resumeToken?: string;
  /** Begin with so many of the latest. */
  backlog: number;
  /** Only of these kinds; empty: all. */
  kinds: readonly string[];
  /** Wait for more. */
  follow: boolean;
}

/** Kinds of events, which docs/events.md describes; `gap`: events before it are lost. */
export const EVENT_KINDS = [
  "node",
  "document",
  "role",
  "health",
  "peer",
  "nats",
  "alarm",
  "maintenance",
  "operator",
  "gap",
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** Something that happened on a node. */
export interface NodeEvent {
  /** Place in the node's stream. */
  token: string;
  /** Milliseconds since 1970. */
  timeMs: number;
  node: string;
  kind: EventKind;
  severity: "info" | "warning" | "error";
  /** What it is about; may be empty. */
  subject: string;
  /** One sentence for people. */
  text: string;
  /** The same for machines. */
  details: Record<string, string>;
}
