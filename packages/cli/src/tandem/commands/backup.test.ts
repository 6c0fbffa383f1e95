import { type Document, EMPTY_DOCUMENT, restoreDocument, reviseDocument, specOf } from "@tandem/model";
import { expect, test } from "vitest";
import { CONFLICT, startContestedDaemon } from "../../testing/contested-daemon.ts";
import { createFakeNode } from "../../testing/fake-node.ts";
import { runTandem, startFakeDaemon, tandem } from "../../testing/run-tandem.ts";

/** A node, its backup, and the same node later with a document that says nothing. */
async function backUp(...format: string[]) {
  const node = createFakeNode();
  const document = await node.document();
  await node.apply(specOf(document), { author: "ann", text: "# ask Ann\nversion: 1\n" });
  const socket = await startFakeDaemon(node);
  const { out } = await runTandem(socket, ["backup", ...format]);
  await node.apply({ ...specOf(document), services: [] }, { author: "eve" });
  return { node, socket, out, document };
}

for (const format of [[], ["-o", "json"], ["-o", "yaml"]]) {
  test(`restore brings back what backup ${format.join(" ")} wrote, with ids and text`, async () => {
    const { node, socket, out, document } = await backUp(...format);
    const files = { "backup.json": out };
    const dry = await runTandem(socket, ["restore", "backup.json", "--dry-run"], { files });
    expect(dry.out).toMatch(/^Would change revision 44: 3 changes\n/);
    const { out: told } = await runTandem(socket, ["restore", "backup.json"], { files });
    expect(told).toMatch(/^Revision 45: 3 changes\n {2}\+ tcp 192\.0\.2\.10:80\n/);
    expect((await node.document()).services).toEqual(document.services);
    expect(await node.documentText()).toEqual({ revision: 45, text: "# ask Ann\nversion: 1\n" });
  });
}

test("a backup tells who made the document what it is", async () => {
  const { backup } = JSON.parse((await backUp()).out);
  expect(backup).toMatchObject({
    node: "lb1",
    document: { revision: 43 },
    history: [{ author: "ann" }, {}, {}],
  });
});

test("a backup that is none, or is damaged, is refused in words that help", async () => {
  const { socket, out } = await backUp();
  const restore = (text: string) => runTandem(socket, ["restore", "b.json"], { files: { "b.json": text } });
  for (const text of ["", "[]", "{", "version: 1", "null"])
    expect((await restore(text)).err).toBe(
      'error: Cannot read "b.json": it is no backup, wanted what `tandem backup` wrote\n',
    );
  expect((await restore('{"form": "tandem-backup-1"}')).err).toContain("it is damaged");
  expect((await restore(out.replace("10.0.0.1", "10.0.0.3"))).err).toContain(
    "it is damaged: its checksum is another",
  );
  expect((await tandem("restore /nowhere.json")).err).toBe('error: Cannot find file "/nowhere.json"\n');
});

test("restore into a cluster that gave the ids to something else is refused", async () => {
  const { out, document } = await backUp();
  const stranger = createFakeNode();
  const strange = reviseDocument(EMPTY_DOCUMENT, {
    ...specOf(document),
    services: specOf(document).services.map((s) => ({ ...s, destinations: s.destinations.toReversed() })),
  });
  const node = {
    ...stranger,
    restore: async (backup: Document) => restoreDocument(strange, backup) as never,
  };
  const files = { "backup.json": out };
  const ran = await runTandem(await startFakeDaemon(node), ["restore", "backup.json"], { files });
  expect(ran.err).toContain("Cannot restore the document:");
  expect(ran.exitCode).toBe(1);
});

test("restore that comes second is told what changed, and changes nothing", async () => {
  const lighter = await startFakeDaemon();
  await runTandem(lighter, ["set", "10.0.0.1", "weight=3"]);
  const { out } = await runTandem(lighter, ["backup"]);
  const { socket, node } = await startContestedDaemon();
  const files = { "b.json": out };
  const { err, exitCode } = await runTandem(socket, ["restore", "b.json"], { files });
  expect(err).toContain(CONFLICT);
  expect(exitCode).toBe(1);
  expect((await node.document()).revision).toBe(43);
});
