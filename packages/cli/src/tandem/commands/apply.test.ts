import type { NodeApi } from "@tandem/engine";
import { LbError } from "@tandem/model";
import { expect, test } from "vitest";
import { CONFLICT, startContestedDaemon } from "../../testing/contested-daemon.ts";
import { createFakeNode } from "../../testing/fake-node.ts";
import { runTandem, startFakeDaemon, tandem } from "../../testing/run-tandem.ts";

const document = (weight: number) => `
version: 1
services:
  - protocol: tcp
    address: 192.0.2.10
    port: 80
    check: {type: http, path: /health}
    destinations:
      - {address: 10.0.0.1, port: 8080, weight: ${weight}}
      - {address: 10.0.0.2, port: 8080, weight: 10}
`;

test("document prints what apply reads again without a change", async () => {
  const socket = await startFakeDaemon();
  await runTandem(socket, ["apply", "-f", "d.yaml"], { files: { "d.yaml": document(5) } });
  const { out } = await runTandem(socket, ["document"]);
  expect(out).toMatch(/^# revision 43\nversion: 1\nservices:\n/);
  const again = await runTandem(socket, ["apply", "-f", "d.yaml"], { files: { "d.yaml": out } });
  expect(again.out).toBe("Unchanged: revision 43 says the same already.\n");
});

test("apply says what changed, then that nothing does", async () => {
  const socket = await startFakeDaemon();
  const apply = (weight: number, ...more: string[]) =>
    runTandem(socket, ["apply", "-f", "d.yaml", ...more], { files: { "d.yaml": document(weight) } });
  const head = "1 change; connections: 4,323 kept\n";
  const line = "  ~ tcp 192.0.2.10:80 -> 10.0.0.1:8080: weight 10 → 5 (4,323 connections kept)\n";
  expect((await apply(10)).out).toBe("Unchanged: revision 42 says the same already.\n");
  expect((await apply(5, "--dry-run")).out).toBe(`Would change revision 42: ${head}${line}`);
  expect((await apply(5)).out).toBe(`Revision 43: ${head}${line}`);
  expect((await apply(5)).out).toBe("Unchanged: revision 43 says the same already.\n");
  expect(JSON.parse((await apply(5, "--json")).out)).toEqual({
    revision: 43,
    changed: false,
    changes: [],
    warnings: [],
  });
});

test("apply of a wrong document names every mistake at its place and asks the daemon for nothing", async () => {
  const files = { "d.yaml": document(2 ** 31).replace("port: 80\n", "prot: 80\n") };
  const { err, exitCode } = await runTandem("/nowhere.sock", ["apply", "-f", "d.yaml"], { files });
  expect(exitCode).toBe(1);
  expect(err).toBe(`d.yaml:6:5: services[0].prot: unknown field, did you mean "port"?
d.yaml:9:49: services[0].destinations[0].weight: found 2147483648, wanted a whole number from 0 to 2147483647
error: 2 mistakes in d.yaml: nothing was changed
`);
});

test("apply prints the daemon's warnings below what changed, tried or done", async () => {
  const asked: unknown[] = [];
  const apply: NodeApi["apply"] = async (_, terms) => {
    asked.push(terms.dryRun);
    return { revision: 43, changed: true, warnings: ["The tunnel is narrow", "The other, too"] };
  };
  const socket = await startFakeDaemon({ apply });
  for (const more of [["--dry-run"], []]) {
    const { out } = await runTandem(socket, ["apply", "-f", "d", ...more], { files: { d: document(5) } });
    expect(out.split("\n").slice(2)).toEqual([
      "warning: The tunnel is narrow",
      "warning: The other, too",
      "",
    ]);
  }
  expect(asked).toEqual([true, false]);
});

test("apply of a document that the daemon refuses names every place in the file", async () => {
  const apply = async () => {
    const problem = { line: 0, column: 0, path: "services[0].destinations[1]", message: "too narrow" };
    throw new LbError({ code: "invalid_document", source: "document", problems: [problem] });
  };
  const files = { "d.yaml": document(5) };
  const ran = await runTandem(await startFakeDaemon({ apply }), ["apply", "-f", "d.yaml"], { files });
  expect(ran).toMatchObject({
    exitCode: 1,
    err: "d.yaml:10:9: services[0].destinations[1]: too narrow\nerror: 1 mistake in d.yaml: nothing was changed\n",
  });
});

test("apply that comes second is told what changed, changes nothing, and keeps its file", async () => {
  const { socket, node } = await startContestedDaemon();
  const files = { "d.yaml": document(5) };
  const { err, exitCode } = await runTandem(socket, ["apply", "-f", "d.yaml"], { files });
  expect(
    err,
  ).toBe(`${CONFLICT}Nothing is lost: \`tandem apply -f d.yaml --dry-run\` says what it would change now.
error: Cannot change the document: it is at revision 43, wanted 42
`);
  expect(exitCode).toBe(1);
  expect((await node.document()).revision).toBe(43);
  const again = await runTandem(socket, ["apply", "-f", "d.yaml", "--dry-run"], { files });
  expect(again.out).toContain("10.0.0.2:8080: weight 7 → 10");
});

test("apply of a file that was made from an earlier revision is refused when asked to look", async () => {
  const files = { "d.yaml": document(5) };
  const { err, exitCode } = await tandem("apply -f d.yaml --revision 41", { files });
  expect(err).toContain(
    "Revision 42 by alice, 2026-11-22 18:39:00 UTC: more memory\nSince revision 41: 1 change\n",
  );
  expect(exitCode).toBe(1);
});

test("apply of a file that was made from a revision that is no longer kept is refused, too", async () => {
  const { err, exitCode } = await tandem("apply -f d.yaml --revision 3", {
    files: { "d.yaml": document(5) },
  });
  expect(err).toBe("error: Cannot change the document: it is at revision 42, wanted 3\n");
  expect(exitCode).toBe(1);
});

test("apply tells of each change what becomes of connections, each of them once", async () => {
  const files = {
    "d.yaml": `version: 1
services:
  - {protocol: tcp, address: 192.0.2.10, port: 80, scheduler: rr, check: {type: http, path: /health},
     destinations: [{address: 10.0.0.1, port: 8080, weight: 10}]}
`,
  };
  expect(
    (await tandem("apply -f d.yaml --dry-run", { files })).out,
  ).toBe(`Would change revision 42: 2 changes; connections: 322 drained, 4,323 kept
  ~ tcp 192.0.2.10:80: scheduler wlc → rr (4,323 connections kept)
  - tcp 192.0.2.10:80 -> 10.0.0.2:8080 (322 connections drained: they go on until they end, nothing new comes)
`);
});

test("apply works where connections cannot be counted", async () => {
  const services = async () => {
    throw new LbError({ code: "unavailable", what: "the forwarder", why: "it does not answer" });
  };
  const files = { "d.yaml": document(5) };
  const ran = await runTandem(await startFakeDaemon({ services }), ["apply", "-f", "d.yaml"], { files });
  expect(ran.out).toBe("Revision 43: 1 change\n  ~ tcp 192.0.2.10:80 -> 10.0.0.1:8080: weight 10 → 5\n");
});

test("apply keeps what was written, with comments and why, and not when nothing changes", async () => {
  const node = createFakeNode();
  const socket = await startFakeDaemon(node);
  const text = `# ask Ann\n${document(5)}`;
  const files = { "d.yaml": `# revision 42\n${text}`, "same.yaml": `# other\n${document(5)}` };
  await runTandem(socket, ["apply", "-f", "d.yaml", "--reason", "sale"], { files });
  expect(await node.documentText()).toEqual({ revision: 43, text });
  expect((await node.revisions(1)).revisions[0]).toMatchObject({ author: "ops", reason: "sale" });
  const { out } = await runTandem(socket, ["apply", "-f", "same.yaml"], { files });
  expect(out).toBe("Unchanged: revision 43 says the same already.\n");
});
