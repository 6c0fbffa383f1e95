import { readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { LbError } from "@tandem/model";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CONFLICT, startContestedDaemon } from "../../testing/contested-daemon.ts";
import { createFakeNode } from "../../testing/fake-node.ts";
import { createFolder, runTandem, startFakeDaemon } from "../../testing/run-tandem.ts";

const TEXT = `# ask Ann before you change anything
version: 1
services:
  - protocol: tcp
    address: 192.0.2.10
    port: 80
    check: {type: http, path: /health} # the shop's own
    destinations:
      - {address: 10.0.0.1, port: 8080, weight: 10}
      - {address: 10.0.0.2, port: 8080, weight: 10} # loud fan
`;

/** A node on which the text was applied, with another weight after it: revision 44. */
async function startWithText() {
  const node = createFakeNode();
  const spec = await node.document();
  await node.apply({ ...spec, services: [] } as never, { author: "ann" });
  await node.rollBack({ revision: 42, author: "ann" });
  await node.apply({ ...(await node.document()), marks: [] } as never, { author: "ann", text: TEXT });
  return { node, socket: await startFakeDaemon(node) };
}

/** An editor that does one thing after the other, and notes what it saw. */
function typist(...steps: ((text: string) => string)[]) {
  const seen: string[] = [];
  const editor = (text: string) => {
    seen.push(text);
    return steps.shift()!(text);
  };
  return { editor, seen };
}

beforeEach(async () => void vi.stubEnv("TMPDIR", await createFolder()));
afterEach(() => void vi.unstubAllEnvs());

/** Where a refused text was kept. */
const keptIn = (err: string): string => /tandem edit --file (\S+document\.yaml)`/.exec(err)![1]!;

test("edit opens the document as it was written, and keeps its comments", async () => {
  const { node, socket } = await startWithText();
  const { editor, seen } = typist((text) => text.replace("weight: 10} #", "weight: 3} #"));
  const { out } = await runTandem(socket, ["edit", "--reason", "fan"], { editor });
  const [head, ...lines] = seen[0]!.split("\n");
  expect(head).toMatch(/^#: Revision \d+\. Lines like this one are no part of the document\./);
  expect(lines.join("\n")).toBe(TEXT);
  expect(out).toMatch(/^Revision \d+: 1 change; connections: 322 kept\n {2}~ .*: weight 10 → 3 /);
  expect((await node.documentText()).text).toBe(TEXT.replace("10} #", "3} #"));
  expect((await node.revisions(1)).revisions[0]).toMatchObject({ author: "ops", reason: "fan" });
});

test("edit opens what has changed since with the comments of what has not", async () => {
  const { socket } = await startWithText();
  await runTandem(socket, ["set", "10.0.0.1", "weight=4"]);
  const { editor, seen } = typist((text) => text);
  const { out, exitCode } = await runTandem(socket, ["edit"], { editor });
  expect(seen[0]).toContain(TEXT.replace("weight: 10", "weight: 4"));
  expect(out).toMatch(/^Nothing was changed: revision \d+ stays\.\n$/);
  expect(exitCode).toBe(0);
});

test("edit of the comments alone is kept for the next one", async () => {
  const { node, socket } = await startWithText();
  const { editor } = typist((text) => text.replace("loud fan", "new fan"));
  const { out } = await runTandem(socket, ["edit"], { editor });
  expect(out).toMatch(/^Revision \d+: written anew, with no difference\n$/);
  expect((await node.documentText()).text).toContain("new fan");
});

test("edit opens again with the mistakes on top, at the lines where they stand", async () => {
  const { node, socket } = await startWithText();
  const { editor, seen } = typist(
    (text) => text.replace("weight: 10", "wieght: 10").replace("port: 80\n", "port: 80000\n"),
    (text) => text.replaceAll("wieght", "weight").replaceAll("80000", "81"),
  );
  const { out } = await runTandem(socket, ["edit"], { editor });
  const lines = seen[1]!.split("\n");
  expect(lines.slice(0, 3)).toEqual([
    "#: Nothing was changed. Mend this, or change nothing more to give up:",
    "#:   document.yaml:9:11: services[0].port: found 80000, wanted a port from 0 to 65535".replace(
      "a port",
      "a whole number",
    ),
    '#:   document.yaml:12:41: services[0].destinations[0].wieght: unknown field, did you mean "weight"?',
  ]);
  expect(lines[8]).toContain("port: 80000");
  expect(lines[11]).toContain("wieght");
  expect(out).toContain("Revision");
  expect((await node.document()).services[0]!.port).toBe(81);
  expect((await node.documentText()).text).not.toContain("#:");
});

test("edit gives up when the mistakes stay, and keeps the text", async () => {
  const { socket } = await startWithText();
  const { editor } = typist(
    (text) => text.replace("weight", "wieght"),
    (text) => text,
  );
  const { err, exitCode } = await runTandem(socket, ["edit"], { editor });
  expect(err).toContain("error: 1 mistake in document.yaml: nothing was changed");
  expect(exitCode).toBe(1);
  expect(await readFile(keptIn(err), "utf8")).toContain("wieght");
});

test("edit tells what the daemon alone refuses in the same way", async () => {
  const node = createFakeNode();
  const problems = [{ line: 0, column: 0, path: "services[0].port", message: "no room for its tunnel" }];
  let isRefused = false;
  const apply: typeof node.apply = async (...of) => {
    if (isRefused) return node.apply(...of);
    isRefused = true;
    throw new LbError({ code: "invalid_document", source: "document", problems });
  };
  const { editor, seen } = typist(
    (text) => text.replace("weight: 10", "weight: 3"),
    (text) => `# mended\n${text}`,
  );
  const { exitCode } = await runTandem(await startFakeDaemon({ ...node, apply }), ["edit"], { editor });
  expect(seen[1]).toContain("#:   document.yaml:7:11: services[0].port: no room for its tunnel");
  expect(exitCode).toBe(0);
});

test("edit that comes second is told what changed, and goes on with its text later", async () => {
  const { socket, node } = await startContestedDaemon();
  const { editor } = typist((text) => text.replace("weight: 10", "weight: 3"));
  const { err, exitCode } = await runTandem(socket, ["edit"], { editor });
  const path = keptIn(err);
  expect(
    err,
  ).toBe(`${CONFLICT}Nothing is lost. Your text is kept: \`tandem edit --file ${path}\` goes on with it, on top of what runs then.
error: Cannot change the document: it is at revision 43, wanted 42
`);
  expect(exitCode).toBe(1);
  const weights = async () => (await node.document()).services[0]!.destinations.map((d) => d.weight);
  expect(await weights()).toEqual([10, 7]);

  const later = typist((text) => text.replace(/weight: 10/, "weight: 7"));
  const { out } = await runTandem(socket, ["edit", "--file", path], later);
  expect(later.seen[0]).toContain(`#: What differs here from what runs:
#:   ~ tcp 192.0.2.10:80 -> 10.0.0.1:8080: weight 10 → 3
#:   ~ tcp 192.0.2.10:80 -> 10.0.0.2:8080: weight 7 → 10
`);
  expect(out).toContain("Revision 44: 1 change");
  expect(await weights()).toEqual([3, 7]);
});

test("edit with an editor that does not start leaves nothing behind", async () => {
  const editor = () => {
    throw new LbError({ code: "refused", doing: "edit", why: "it ended with 127", want: "an editor" });
  };
  const { err, exitCode } = await runTandem(await startFakeDaemon(), ["edit"], { editor });
  expect([err, exitCode]).toEqual(["error: Cannot edit: it ended with 127, wanted an editor\n", 1]);
  expect((await readdir(tmpdir())).filter((name) => name.startsWith("tandem-edit-"))).toEqual([]);
});

test("edit of a text that is emptied changes nothing", async () => {
  const { socket } = await startWithText();
  const { out } = await runTandem(
    socket,
    ["edit"],
    typist(() => ""),
  );
  expect(out).toContain("Nothing was changed");
});

test("edit with an editor that removes the file says so, and keeps no text that there is not", async () => {
  const socket = await startFakeDaemon();
  const openEditor = async (path: string) => rm(path);
  const { err, exitCode } = await runTandem(socket, ["edit"], { openEditor });
  expect(err).toMatch(
    /^error: Cannot edit: the editor has removed "[^"]+document.yaml", wanted one that leaves its text there; nothing was changed\n$/,
  );
  expect(exitCode).toBe(1);
  expect((await readdir(tmpdir())).filter((name) => name.startsWith("tandem-edit-"))).toEqual([]);
});
