/** What each kind of event tells machines: the keys of its details, and what stands there. docs/events.md shows this table. */
import type { EventKind, NodeEvent } from "@tandem/engine/client";

/** Keys by kind. A key is absent where there is nothing to say. */
export const EVENT_DETAILS = {
  node: {
    version: "version of Tandem",
    table: "`kept`: connections of the former daemon were there; `new`: none were",
  },
  document: {
    revision: "revision of the document, 1 and up",
    state: "`running`, or `refused`: the one before it goes on",
    author: "who made it",
    summary: "what it changed",
    reason: "why, in the author's words",
    why: "why it does not run",
  },
  role: {
    role: "`active`, `standby`, `fault`",
    before: "what it was, likewise",
    cause: "why",
  },
  health: {
    destination: "as in the event's subject",
    state: "`up`, `down`",
    weight: "effective weight now",
    why: "what the check found",
  },
  peer: {
    peer: "its name",
    state: "how it is followed: `joining`, `loading`, `live`, `repairing`, `lost`",
    before: "how it was, likewise",
    cause: "what moved it: `peerSeen`, `gap`, `peerLost` …",
  },
  nats: { state: "`connected`, `away`" },
  alarm: { state: "`raised`, `cleared`" },
  maintenance: { state: "`on`, `off`" },
  operator: {
    who: "name of the certificate, or what the caller called himself, or what acted by itself",
    role: "`view`, `operate`, `admin`",
    from: "address and port, or `unix socket`",
    method: "method of the API",
    command: "what was typed, such as `ipvsadm -C`, if the caller's program says so",
    request: "what was asked for",
    before: "revision of the document before, if it was changed",
    after: "… and after",
    summary: "what was changed in it, in a few words, as `tandem history` has it",
    changes: "what was changed in it, lines, of which 1,000 characters; all of it: `tandem diff`",
    outcome: "`done`, or the failure's code",
    why: "the failure in words",
  },
  gap: {
    lost: "how many events are lost, where that is known",
    because: "`overrun`: the node keeps the latest 10,000; `restart`: the daemon was started anew",
  },
} as const satisfies Record<EventKind, Record<string, string>>;

/** Something that happened, before it has its place in the stream. */
export interface Happening<K extends EventKind = EventKind>
  extends Pick<NodeEvent, "severity" | "subject" | "text"> {
  readonly kind: K;
  readonly details: { readonly [Key in keyof (typeof EVENT_DETAILS)[K]]?: string };
}
