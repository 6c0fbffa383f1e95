import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFolder } from "../testing/run-tandem.ts";
import { openEditor } from "./open-editor.ts";

test("the editor of $VISUAL, else of $EDITOR, gets the file, options and all", async () => {
  const path = join(await createFolder(), "a file.txt");
  writeFileSync(path, "one\n");
  await openEditor(path, { VISUAL: "sed -i s/one/two/", EDITOR: "false" }, true);
  expect(readFileSync(path, "utf8")).toBe("two\n");
  await openEditor(path, { VISUAL: "", EDITOR: "sed -i s/two/three/" }, false);
  expect(readFileSync(path, "utf8")).toBe("three\n");
});

test("an editor that fails is told with where it is named", async () => {
  await expect(openEditor("/nowhere", { EDITOR: "false" }, true)).rejects.toThrow(
    'Cannot edit with "false": it ended with 1, wanted an editor that ends with 0, in $VISUAL or $EDITOR',
  );
});

test("vi is not started where nobody sits: what to do in scripts is told instead", async () => {
  await expect(openEditor("/nowhere", { EDITOR: "" }, false)).rejects.toThrow(
    /^Cannot edit: this is no terminal, wanted one; in scripts: `tandem get` and .*`tandem apply -f FILE`$/,
  );
});
