import type { AuditedCall } from "@tandem/engine";
import { DocumentSpec, EMPTY_DOCUMENT, LbError, reviseDocument, specOf } from "@tandem/model";
import type { ChangeTerms, ConfigKeeper } from "@tandem/sync";
import { expect, test } from "vitest";
import { type AuditEntry, createAudit } from "./audit.ts";

const call: AuditedCall = {
  method: "DrainDestination",
  caller: { name: "alice", role: "operate", from: "192.0.2.7:40112" },
  author: "somebody else",
  says: "destination 10.0.0.1",
  changes: true,
};

const withWeight = (weight: number): DocumentSpec =>
  DocumentSpec.parse({
    version: 1,
    services: [
      { protocol: "tcp", address: "192.0.2.1", port: 80, destinations: [{ address: "10.0.0.1", weight }] },
    ],
  });

/** An audit over a keeper of a document in memory. */
function audited() {
  const entries: AuditEntry[] = [];
  const reasons: (string | undefined)[] = [];
  const audit = createAudit((entry) => entries.push(entry));
  let document = reviseDocument(EMPTY_DOCUMENT, withWeight(10));
  const keeper = audit.watching({
    current: () => document,
    async change(edit: (current: typeof document) => DocumentSpec, _: string, terms?: ChangeTerms) {
      await null;
      reasons.push(terms?.reason);
      const spec = edit(document);
      if (JSON.stringify(spec) !== JSON.stringify(specOf(document)))
        document = reviseDocument(document, spec);
      return document;
    },
  } as unknown as ConfigKeeper);
  return { entries, audit, keeper, reasons };
}

test("a call is told with who, from where, what, and the document before and after", async () => {
  const { entries, audit, keeper } = audited();
  const answer = await audit.around(
    call,
    async () => (await keeper.change(() => withWeight(0), "alice")).revision,
  );
  expect(answer).toBe(2);
  expect(entries).toEqual([
    {
      who: "alice",
      role: "operate",
      from: "192.0.2.7:40112",
      method: "DrainDestination",
      request: "destination 10.0.0.1",
      document: {
        before: 1,
        after: 2,
        summary: "~ tcp 192.0.2.1:80 -> 10.0.0.1:80: weight 10 → 0",
        changes: ["~ tcp 192.0.2.1:80 -> 10.0.0.1:80: weight 10 → 0"],
        more: 0,
      },
      outcome: "done",
    },
  ]);
});

test("a call that changes the document twice is told with both changes, and without what another one changed in between", async () => {
  const { entries, audit, keeper } = audited();
  const [first, other, second] = [1, 5, 2].map(
    (weight) => () => keeper.change(() => withWeight(weight), "x"),
  );
  await audit.around(call, async () => {
    await first!();
    await audit.around({ ...call, says: "another" }, other!);
    await second!();
  });
  const weight = (how: string) => `~ tcp 192.0.2.1:80 -> 10.0.0.1:80: weight ${how}`;
  expect(entries.find(({ request }) => request === call.says)!.document).toEqual({
    before: 1,
    after: 4,
    summary: "2 changed",
    changes: [weight("10 → 1"), weight("5 → 2")],
    more: 0,
  });
});

test("a command line stands in the audit as it was typed, beside what was really asked for, and in the history where no other reason is given", async () => {
  const { entries, audit, keeper, reasons } = audited();
  await audit.around({ ...call, command: "ipvsadm -C" }, async () => {
    await keeper.change(() => withWeight(1), "alice");
    await keeper.change(() => withWeight(2), "alice", { reason: "lunch" });
  });
  await audit.around(call, () => keeper.change(() => withWeight(3), "alice"));
  expect(reasons).toEqual(["ipvsadm -C", "lunch", undefined]);
  expect(entries.map((e) => [e.command, e.request])).toEqual([
    ["ipvsadm -C", "destination 10.0.0.1"],
    [undefined, "destination 10.0.0.1"],
  ]);
});

test("calls at the same time are told each with its own change", async () => {
  const { entries, audit, keeper } = audited();
  const to = (weight: number) =>
    audit.around({ ...call, says: `weight ${weight}` }, () => keeper.change(() => withWeight(weight), "x"));
  await Promise.all([to(1), to(2)]);
  expect(entries.map((e) => [e.request, e.document?.after])).toEqual([
    ["weight 1", 2],
    ["weight 2", 3],
  ]);
  expect(entries[1]!.document!.changes[0]).toContain("weight 1 → 2");
});

test("a change that nobody called for is told by itself", async () => {
  const { entries, keeper } = audited();
  await keeper.change(() => withWeight(3), "/etc/tandem/tandem.yaml");
  expect(entries).toMatchObject([
    { who: "/etc/tandem/tandem.yaml", document: { before: 1, after: 2 }, outcome: "done" },
  ]);
  expect(entries[0]).not.toHaveProperty("method");
});

const outcomes: [what: string, error: unknown, want: object][] = [
  [
    "a failure",
    new LbError({ code: "stale_revision", have: 1, current: 2 }),
    { outcome: "stale_revision", why: "Cannot change the document: it is at revision 2, wanted 1" },
  ],
  ["a bug", new TypeError("secret"), { outcome: "internal" }],
  ["a deadline that has passed", new DOMException("x", "AbortError"), { outcome: "not_begun" }],
];
for (const [what, error, want] of outcomes) {
  test(`a call that ends with ${what} is told, and fails as it did`, async () => {
    const { entries, audit } = audited();
    await expect(audit.around(call, () => Promise.reject(error))).rejects.toBe(error);
    expect(entries).toMatchObject([{ who: "alice", ...want }]);
    expect(JSON.stringify(entries)).not.toContain("secret");
  });
}

test("a call that only looks is told when it changes the document, and else not", async () => {
  const { entries, audit, keeper } = audited();
  const looking = { ...call, method: "RunIpvsadm", changes: false } as const;
  await audit.around(looking, async () => keeper.change((current) => specOf(current), "x"));
  expect(entries).toEqual([]);
  await audit.around(looking, () => keeper.change(() => withWeight(5), "x"));
  expect(entries).toMatchObject([{ method: "RunIpvsadm", document: { after: 2 } }]);
});

test("who calls on the unix socket is who he says he is", async () => {
  const { entries, audit } = audited();
  const local = { ...call, caller: { role: "admin", from: "unix socket" } as const };
  await audit.around({ ...local, author: "ops" }, async () => {});
  await audit.around({ ...local, author: "" }, async () => {});
  expect(entries.map((e) => e.who)).toEqual(["ops", "unknown"]);
});

test("a call that is answered though it failed is told as a failure, with what it had changed before", async () => {
  const { entries, audit, keeper } = audited();
  const lines = { ...call, method: "RunIpvsadm", command: "ipvsadm -R", changes: false } as const;
  await audit.around(lines, async () => {
    await keeper.change(() => withWeight(5), "x");
    audit.noteFailure(new LbError({ code: "unavailable", what: "the forwarder", why: "it has ended" }));
  });
  expect(entries).toMatchObject([
    {
      command: "ipvsadm -R",
      document: { after: 2 },
      outcome: "unavailable",
      why: expect.stringContaining("forwarder"),
    },
  ]);
});

test("a call that only looks by its nature is told if it has changed something beside the document", async () => {
  const { entries, audit } = audited();
  const listing = { ...call, method: "RunIpvsadm", says: "args [-Z]", changes: false } as const;
  await audit.around(listing, async () => {});
  expect(entries).toEqual([]);
  await audit.around(listing, async () => {
    await null;
    audit.noteChange();
  });
  expect(entries).toMatchObject([{ who: "alice", request: "args [-Z]", outcome: "done" }]);
});

test("of a change with many differences the first 50 are told, and how many more there are", async () => {
  const { entries, keeper } = audited();
  const services = Array.from({ length: 60 }, (_, i) => ({
    protocol: "tcp",
    address: "192.0.2.9",
    port: 1 + i,
  }));
  await keeper.change(() => DocumentSpec.parse({ version: 1, services }), "alice");
  const { changes, more, summary } = entries[0]!.document!;
  expect([changes.length, more, summary]).toEqual([50, 12, "60 added, 2 removed"]);
});
