/** A pair of directors that is not there: answers that look like a real one's, for tests and for looking at. */
import type { NodeApi } from "@tandem/engine/client";
import { LbError, restoreDocument, reviseDocument, specOf } from "@tandem/model";
import { fakeConnection, fakeExplanation } from "./fake-connections.ts";
import { change, createFakeHistory, keptIn } from "./fake-history.ts";
import { fakeServices } from "./fake-services.ts";
import { healthyStatus } from "./fake-status.ts";

/** A node with a document that can be changed and 150 connections; `overrides` replace single methods. */
export function createFakeNode(overrides: Partial<NodeApi> = {}): NodeApi {
  const history = createFakeHistory();
  const current = () => history[0]!.document;
  return {
    status: async () => healthyStatus,
    services: async () => fakeServices,
    async *connections({ client, limit = 1000 }) {
      for (let n = 0, found = 0; n < 150 && found < limit; n++) {
        const row = fakeConnection(n);
        if (client !== undefined && !row.client.includes(client)) continue;
        found++;
        yield row;
      }
    },
    kill: async () => ({ killed: 12 }),
    zero: async () => {},
    document: async (revision = current().revision) => keptIn(history, revision).document,
    async documentText(revision = current().revision) {
      const { text } = keptIn(history, revision);
      return { revision, ...(text !== undefined && { text }) };
    },
    async revisions(limit) {
      const revisions = history.slice(0, limit).map(({ document, text: _, ...about }, i) => {
        const { revision } = document;
        return { ...about, revision, hash: `${revision}`.padStart(64, "ab"), running: i === 0 };
      });
      return { revisions, incomplete: "" };
    },
    async rollBack({ revision, ...terms }) {
      const { document, text } = keptIn(history, revision);
      const more = { reason: `back to revision ${revision}`, ...(text !== undefined && { text }) };
      return change(history, reviseDocument(current(), specOf(document)), { ...more, ...terms });
    },
    restore: async (backup, terms) => change(history, restoreDocument(current(), backup), terms),
    setMaintenance: async () => ({ changed: true }),
    forgetPeer: async () => {},
    async *events() {},
    async *capture() {},
    ipvsadm: async () => ({ exitCode: 0, output: "", errors: "" }),
    apply: async (spec, terms) => change(history, reviseDocument(current(), spec), terms),
    async drain({ destination: key }) {
      if (!key.startsWith("10.0.0.1")) throw new LbError({ code: "not_found", what: "destination", key });
      return { revision: 43, destinations: ["tcp 192.0.2.10:80 -> 10.0.0.1:8080"] };
    },
    explain: async () => fakeExplanation,
    async switchover({ dryRun, force }) {
      if (!dryRun && !force)
        throw new LbError({
          code: "refused",
          doing: "switch over",
          why: 'peer "lb2" is loading',
          want: "a live peer (or --force)",
        });
      const steps = [
        "enter maintenance",
        'flush and wait for "lb2"',
        "lower the priority",
        "forward on for 5 s",
      ];
      return { steps, from: "lb1", to: "lb2" };
    },
    ...overrides,
  };
}
