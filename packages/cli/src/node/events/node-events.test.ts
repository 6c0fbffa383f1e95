import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EVENT_KINDS } from "@tandem/engine";
import { expect, test } from "vitest";
import { EVENT_DETAILS } from "./event-details.ts";
import { createEventLog } from "./event-log.ts";
import { createNodeEvents, type NodeEvents } from "./node-events.ts";

async function eventsAfter(act: (events: NodeEvents) => void) {
  const log = createEventLog({ node: "lb1", epoch: "a1", now: () => 0 });
  const events = createNodeEvents("lb1", log);
  act(events);
  const watch = { backlog: 100, kinds: [], follow: false };
  return Array.fromAsync(events.watch(watch, new AbortController().signal));
}

const entry = {
  who: "alice",
  role: "operate",
  from: "unix socket",
  method: "SwitchOver",
  request: "force yes",
};
const cases: [act: (events: NodeEvents) => void, kind: string, severity: string, text: string][] = [
  [(e) => e.onStart({ version: "0.1.0", isTableKept: false }), "node", "info", "Tandem 0.1.0 started"],
  [
    (e) => e.onStart({ version: "0.1.0", isTableKept: true }),
    ...(["node", "info", "Tandem 0.1.0 started and took over the connections of the former daemon"] as const),
  ],
  [
    (e) => e.onDocument({ revision: 7, author: "alice", summary: "1 added" }),
    ...(["document", "info", "Revision 7 is in force, by alice: 1 added"] as const),
  ],
  [(e) => e.onDocument({ revision: 7 }), "document", "info", "Revision 7 is in force"],
  [
    (e) => e.onDocumentRefused({ revision: 8, why: "no room" }),
    ...(["document", "error", "Revision 8 does not run here: no room"] as const),
  ],
  [
    (e) => e.onHealth({ destination: "tcp a -> b", up: false, weight: 0, why: "connection refused" }),
    ...(["health", "warning", "tcp a -> b is down: connection refused"] as const),
  ],
  [
    (e) => e.onRole({ role: "active", before: "standby", cause: "higher priority" }),
    ...(["role", "info", "lb1 is active, was standby: higher priority"] as const),
  ],
  [
    (e) => e.onRole({ role: "fault", before: "standby", cause: "it died" }),
    ...(["role", "error", "lb1 is fault, was standby: it died"] as const),
  ],
  [
    (e) => e.onFollow({ peer: "lb2", from: "loading", to: "live", event: "snapshotEnd" }),
    ...(["peer", "info", 'Peer "lb2" is live: everything of it is here'] as const),
  ],
  [
    (e) => e.onFollow({ peer: "lb2", from: "live", to: "alone", event: "peerLost" }),
    ...(["peer", "warning", 'Peer "lb2" is lost'] as const),
  ],
  [(e) => e.onNats(false), "nats", "warning", "NATS cannot be reached"],
  [(e) => e.onMaintenance(true), "maintenance", "warning", "lb1 is in maintenance"],
  [
    (e) => e.onAudit({ ...entry, outcome: "done" }),
    ...(["operator", "info", "alice: SwitchOver (force yes)"] as const),
  ],
  [
    (e) => e.onAudit({ ...entry, outcome: "refused", why: "nobody is there" }),
    ...(["operator", "warning", "alice: SwitchOver (force yes) failed: nobody is there"] as const),
  ],
  [
    (e) =>
      e.onAudit({
        who: "/etc/tandem/tandem.yaml",
        document: { before: 1, after: 2, summary: "+ a", changes: ["+ a"], more: 0 },
        outcome: "done",
      }),
    ...(["operator", "info", "/etc/tandem/tandem.yaml: revision 2: + a"] as const),
  ],
  [
    (e) =>
      e.onAudit({
        ...{ who: "ann", method: "RunIpvsadm", command: "ipvsadm -C", outcome: "done" },
        document: { before: 1, after: 2, summary: "- a", changes: ["- a"], more: 0 },
      }),
    ...(["operator", "info", "ann: ipvsadm -C (revision 2: - a)"] as const),
  ],
];
for (const [act, kind, severity, text] of cases) {
  test(`the event "${text}" is of kind ${kind}, with keys that are documented`, async () => {
    const [event] = await eventsAfter(act);
    expect(event).toMatchObject({ kind, severity, text });
    expect(Object.keys(EVENT_DETAILS[event!.kind])).toEqual(
      expect.arrayContaining(Object.keys(event!.details)),
    );
    expect(Object.values(event!.details).every((value) => typeof value === "string")).toBe(true);
  });
}

test("alarms are told when they have come to stay and when they go, and not while they stay", async () => {
  const told = await eventsAfter((e) => {
    for (const alarms of [["a", "b"], ["b", "a", "moment"], ["b", "c"], ["c"], ["c"], []]) e.onAlarms(alarms);
  });
  expect(told.map((e) => [e.details.state, e.severity, e.text])).toEqual([
    ["raised", "warning", "b"],
    ["raised", "warning", "a"],
    ["cleared", "info", "No longer: a"],
    ["cleared", "info", "No longer: b"],
    ["raised", "warning", "c"],
    ["cleared", "info", "No longer: c"],
  ]);
});

test("docs/events.md lists every kind with every key as it is", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../../../docs/events.md"), "utf8");
  const rows = EVENT_KINDS.flatMap((kind) =>
    Object.entries(EVENT_DETAILS[kind]).map(([key, says]) => `| \`${kind}\` | \`${key}\` | ${says} |`),
  );
  expect(page.split("\n").filter((line) => /^\| `/.test(line))).toEqual(rows);
});
