import { expect, test } from "vitest";
import { runTandem } from "../../testing/run-tandem.ts";

test("schema prints the document's JSON Schema without a daemon, or the node's", async () => {
  const document = await runTandem("/nowhere", ["schema"]);
  expect(document.exitCode).toBe(0);
  expect(Object.keys(JSON.parse(document.out).properties)).toEqual([
    "version",
    "settings",
    "marks",
    "services",
  ]);
  expect((await runTandem("/nowhere", ["schema", "document", "--json"])).out).toBe(document.out);
  const node = JSON.parse((await runTandem("/nowhere", ["schema", "node"])).out);
  expect(node.properties.interfaces.description).toContain("Interfaces");
});

test("schema of something else is refused", async () => {
  expect(await runTandem("/nowhere", ["schema", "cluster"])).toEqual({
    exitCode: 2,
    out: "",
    err: 'error: Cannot understand the options: file is "cluster", wanted one of document, node\n',
  });
});
