/** An imported document as YAML, with what is to be known of it in comments. Pure. */
import type { DocumentSpec } from "@tandem/model";
import { Document, isNode } from "yaml";
import { withoutDefaults } from "../document/without-defaults.ts";
import { type LineNote, placeOf } from "./import-lines.ts";

/** Name of what was piped in. */
export const STDIN = "<stdin>";

/** Notes by the file that they are about. */
export interface FileNotes {
  readonly file: string;
  readonly notes: readonly LineNote[];
}

/** YAML: notes on a service stand above it, others at the top with what holds of every import. */
export function importedText(document: DocumentSpec, files: readonly FileNotes[]): string {
  const yaml = new Document(withoutDefaults(document));
  const head = headOf(document, files);
  const above = new Map<number, string[]>();
  for (const { file, notes } of files)
    for (const note of notes) {
      const at = placeOf(note, document);
      const text = ` ${file}:${note.line}: ${note.text}`;
      if (at < 0) head.push(text);
      else above.set(at, [...(above.get(at) ?? []), text]);
    }
  for (const [at, lines] of above) {
    const node = yaml.getIn(["services", at], true);
    if (isNode(node)) node.commentBefore = lines.join("\n");
  }
  yaml.commentBefore = head.join("\n");
  return yaml.toString({ lineWidth: 0 });
}

function headOf({ settings }: DocumentSpec, files: readonly FileNotes[]): string[] {
  const from = ` Imported from ${files.map(({ file }) => (file === STDIN ? "standard input" : file)).join(" and ")}.`;
  const defaults =
    settings.profile === undefined
      ? " What is not said here is as Tandem has it; with --profile lvs as the kernel does (docs/tandem-and-ipvs.md)."
      : " What is not said here is as the kernel has it.";
  return [
    from,
    defaults,
    " ipvsadm -S does not save thresholds: add upperThreshold and lowerThreshold where there were some.",
  ];
}
