import { specOf } from "@tandem/model";
import { expect, test } from "vitest";
import { CONFLICT, startContestedDaemon } from "../../testing/contested-daemon.ts";
import { createFakeNode } from "../../testing/fake-node.ts";
import { runTandem, startFakeDaemon, tandem } from "../../testing/run-tandem.ts";

const LINE = "  ~ tcp 192.0.2.10:80 -> 10.0.0.2:8080: weight 10 → 5 (322 connections kept)\n";

test("rollback says what it would change and what becomes of connections", async () => {
  const socket = await startFakeDaemon();
  const { out } = await runTandem(socket, ["rollback", "41", "--dry-run"]);
  expect(out).toBe(`Would change revision 42: 1 change; connections: 322 kept\n${LINE}`);
  expect((await runTandem(socket, ["history", "-n", "1"])).out).toContain("* 42");
});

test("rollback makes the old document the newest, and says so in the history", async () => {
  const node = createFakeNode();
  const socket = await startFakeDaemon(node);
  expect((await runTandem(socket, ["rollback", "previous"])).out).toBe(
    `Revision 43: 1 change; connections: 322 kept\n${LINE}`,
  );
  expect(specOf(await node.document(43))).toEqual(specOf(await node.document(41)));
  const { out } = await runTandem(socket, ["history", "-n", "1"]);
  expect(out).toMatch(/\* 43 .* ops .* weight 10 → 5 {2}back to revision 41\n$/);
  expect((await runTandem(socket, ["rollback", "41"])).out).toBe(
    "Unchanged: revision 43 says the same already.\n",
  );
});

test("rollback of a revision that is not kept, or is none, changes nothing", async () => {
  expect(await tandem("rollback 7")).toMatchObject({ err: 'error: Cannot find revision "7"\n', exitCode: 1 });
  expect(await tandem("rollback 0")).toMatchObject({
    err: 'error: Cannot roll back: revision is "0", wanted "current", "previous", or a number from 1 on\n',
    exitCode: 2,
  });
  expect(await tandem("rollback yesterday")).toMatchObject({
    err: 'error: Cannot roll back: revision is "yesterday", wanted "current", "previous", or a number from 1 on\n',
    exitCode: 2,
  });
});

test("rollback that comes second is told what changed, and changes nothing", async () => {
  const { socket, node } = await startContestedDaemon();
  const { err, exitCode } = await runTandem(socket, ["rollback", "41"]);
  expect(
    err,
  ).toBe(`${CONFLICT}Nothing is lost: \`tandem rollback 41 --dry-run\` says what it would change now.
error: Cannot change the document: it is at revision 43, wanted 42
`);
  expect(exitCode).toBe(1);
  expect((await node.document()).revision).toBe(43);
});
