import { expect, test } from "vitest";
import { createFakeNode } from "../../testing/fake-node.ts";
import { runTandem, startFakeDaemon, tandem } from "../../testing/run-tandem.ts";

test("export prints the document as it was written, comments included, or plain", async () => {
  const socket = await startFakeDaemon();
  const { out: plain } = await runTandem(socket, ["export"]);
  const text = `# ask Ann\n${plain.replace("weight: 10", "weight: 3 # slow")}`;
  await runTandem(socket, ["apply", "-f", "d.yaml"], { files: { "d.yaml": text } });
  expect((await runTandem(socket, ["export"])).out).toBe(text);
  await runTandem(socket, ["set", "10.0.0.1", "weight=4"]);
  expect((await runTandem(socket, ["export"])).out).toBe(text.replace("weight: 3", "weight: 4"));
  expect((await runTandem(socket, ["export", "--plain"])).out).toBe(plain.replace("weight: 10", "weight: 4"));
});

test("export knows earlier revisions, and JSON", async () => {
  expect((await tandem("export --revision previous")).out).toContain("weight: 5\n");
  const json = JSON.parse((await tandem("export --format json")).out);
  expect(json.services[0].destinations[0]).toEqual({ address: "10.0.0.1", port: 8080, weight: 10 });
  expect((await tandem("export --revision 7")).err).toBe('error: Cannot find revision "7"\n');
});

test("export is what apply reads without a change", async () => {
  const socket = await startFakeDaemon(createFakeNode());
  const { out } = await runTandem(socket, ["export"]);
  const again = await runTandem(socket, ["apply", "-f", "d.yaml"], { files: { "d.yaml": out } });
  expect(again.out).toBe("Unchanged: revision 42 says the same already.\n");
});

test("export writes lines for ipvsadm, and warns of what they cannot say", async () => {
  const { exitCode, out, err } = await tandem("export --format ipvsadm");
  expect(exitCode).toBe(0);
  expect(out).toBe(`-A -t 192.0.2.10:80 -s wlc
-a -t 192.0.2.10:80 -r 10.0.0.2:8080 -m -w 10
-a -t 192.0.2.10:80 -r 10.0.0.1:8080 -m -w 10
`);
  expect(err).toBe("warning: tcp 192.0.2.10:80: check is left out\n");
});
