import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFolder } from "../testing/run-tandem.ts";
import { openEditor } from "./open-editor.ts";

test("the editor of $VISUAL, else of $EDITOR, gets the file, options and all", async () => {
  const path = join(await createFolder(), "a file.txt");
  writeFileSync(path, "one\n");
  await openEditor(path, { VISUAL: "sed -i s/one/two/", EDITOR: "false" });
  expect(readFileSync(path, "utf8")).toBe("two\n");
  await openEditor(path, { VISUAL: "", EDITOR: "sed -i s/two/three/" });
  expect(readFileSync(path, "utf8")).toBe("three\n");
});

test("an editor that fails is told with where it is named", async () => {
  await expect(openEditor("/nowhere", { EDITOR: "false" })).rejects.toThrow(
    'Cannot edit with "false": it ended with 1, wanted an editor that ends with 0, in $VISUAL or $EDITOR',
  );
});
