/** What becomes an event: the happenings of a node's parts, in the words of operators. */
import type { NodeApi, PeerStatus, Role } from "@tandem/engine";
import type { ConfigHead, FollowEvent, FollowState } from "@tandem/sync";
import type { AuditEntry } from "./audit.ts";
import type { Happening } from "./event-details.ts";
import type { EventLog } from "./event-log.ts";

/** A revision that runs, with what is known of it. */
export type RunningRevision = Pick<ConfigHead, "revision"> &
  Partial<Pick<ConfigHead, "author" | "summary" | "reason">>;

/** Taps for the parts of a node. None of them throws. */
export interface NodeEvents {
  readonly watch: NodeApi["events"];
  onStart(of: { version: string; isTableKept: boolean }): void;
  onDocument(of: RunningRevision): void;
  onDocumentRefused(of: { revision: number; why: string }): void;
  onHealth(of: { destination: string; up: boolean; weight: number; why: string }): void;
  onRole(of: { role: Role; before: Role; cause: string }): void;
  onFollow(of: { peer: string; from: FollowState; to: FollowState; event: FollowEvent }): void;
  onNats(isConnected: boolean): void;
  onMaintenance(isOn: boolean): void;
  /** All alarms as they are now. One is told once it has been there twice: what passes by itself in a moment is no news. */
  onAlarms(alarms: readonly string[]): void;
  onAudit(entry: AuditEntry): void;
}

/** Taps that append to a stream; `node` is this node's name. */
export function createNodeEvents(node: string, log: EventLog): NodeEvents {
  let seenAlarms: readonly string[] = [];
  let toldAlarms: readonly string[] = [];
  const alarm = (text: string, state: "raised" | "cleared"): void =>
    log.tell({
      ...{ kind: "alarm", subject: node, details: { state } },
      severity: state === "raised" ? "warning" : "info",
      text: state === "raised" ? text : `No longer: ${text}`,
    });

  return {
    watch: log.watch,
    onStart: ({ version, isTableKept }) =>
      log.tell({
        ...{ kind: "node", severity: "info", subject: node },
        text: `Tandem ${version} started${isTableKept ? " and took over the connections of the former daemon" : ""}`,
        details: { version, table: isTableKept ? "kept" : "new" },
      }),
    onDocument({ revision, author, summary, reason }) {
      const text = `Revision ${revision} is in force${author ? `, by ${author}` : ""}${summary ? `: ${summary}` : ""}`;
      const about = { ...(author && { author }), ...(summary && { summary }), ...(reason && { reason }) };
      const details = { revision: String(revision), state: "running", ...about };
      log.tell({ kind: "document", severity: "info", subject: `revision ${revision}`, text, details });
    },
    onDocumentRefused({ revision, why }) {
      const text = `Revision ${revision} does not run here: ${why}`;
      const details = { revision: String(revision), state: "refused", why };
      log.tell({ kind: "document", severity: "error", subject: `revision ${revision}`, text, details });
    },
    onHealth: ({ destination, up, weight, why }) =>
      log.tell({
        ...{ kind: "health", severity: up ? "info" : "warning", subject: destination },
        text: `${destination} is ${up ? "up" : "down"}: ${why}`,
        details: { destination, state: up ? "up" : "down", weight: String(weight), why },
      }),
    onRole: ({ role, before, cause }) =>
      log.tell({
        ...{ kind: "role", severity: role === "fault" ? "error" : "info", subject: node },
        text: `${node} is ${role}, was ${before}: ${cause}`,
        details: { role, before, cause },
      }),
    onFollow: ({ peer, from, to, event }) => log.tell(followed(peer, { from, to, event })),
    onNats: (isConnected) =>
      log.tell({
        ...{ kind: "nats", severity: isConnected ? "info" : "warning", subject: node },
        text: isConnected ? "NATS is connected" : "NATS cannot be reached",
        details: { state: isConnected ? "connected" : "away" },
      }),
    onMaintenance: (isOn) =>
      log.tell({
        ...{ kind: "maintenance", severity: isOn ? "warning" : "info", subject: node },
        text: isOn ? `${node} is in maintenance` : `${node} is out of maintenance`,
        details: { state: isOn ? "on" : "off" },
      }),
    onAlarms(now) {
      const stand = now.filter((text) => seenAlarms.includes(text) || toldAlarms.includes(text));
      for (const text of toldAlarms) if (!stand.includes(text)) alarm(text, "cleared");
      for (const text of stand) if (!toldAlarms.includes(text)) alarm(text, "raised");
      seenAlarms = [...now];
      toldAlarms = stand;
    },
    onAudit: (entry) => log.tell(audited(entry)),
  };
}

/** What operators call the states: the one who was followed and is not heard any more is lost. */
const stateOf = (state: FollowState): PeerStatus["state"] => (state === "alone" ? "lost" : state);

const FOLLOW_WORDS: Partial<Record<PeerStatus["state"], string>> = {
  joining: "is there and asked for what it has",
  loading: "sends what it has",
  live: "is live: everything of it is here",
  repairing: "has said something that did not arrive, and is asked again",
  lost: "is lost",
};

function followed(peer: string, of: { from: FollowState; to: FollowState; event: FollowEvent }): Happening {
  const [state, before] = [stateOf(of.to), stateOf(of.from)];
  return {
    ...{ kind: "peer", severity: state === "lost" ? "warning" : "info", subject: peer },
    text: `Peer "${peer}" ${FOLLOW_WORDS[state] ?? `is ${state}`}`,
    details: { peer, state, before, cause: of.event },
  };
}

/** Of a change of the document: ten thousand events are to stay a matter of megabytes. */
const MAX_CHARACTERS = 1000;

function audited({ document, who, method = "", request = "", ...entry }: AuditEntry): Happening {
  const came = document && `revision ${document.after}${document.summary && `: ${document.summary}`}`;
  const asked = entry.command ?? `${method}${request && ` (${request})`}`;
  const what = `${who}: ${asked}${asked && came ? ` (${came})` : (came ?? "")}`;
  const edit = document && {
    before: String(document.before),
    after: String(document.after),
    summary: document.summary,
    changes: document.changes.join("\n").slice(0, MAX_CHARACTERS),
  };
  const details = { who, ...entry, ...(method && { method }), ...(request && { request }), ...edit };
  return {
    ...{ kind: "operator", severity: entry.outcome === "done" ? "info" : "warning" },
    subject: document ? `revision ${document.after}` : method,
    text: entry.outcome === "done" ? what : `${what} failed: ${entry.why ?? entry.outcome}`,
    details,
  };
}
