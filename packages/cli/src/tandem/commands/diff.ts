/** `tandem diff`: what is different between two revisions, or between a file and what runs. */
import type { RemoteNode } from "@tandem/engine/client";
import { documentChanges } from "@tandem/model";
import { plainText } from "../../document/document-text.ts";
import { planOn } from "../change-document.ts";
import { formatPlan, formatPlanTitle, type PlannedChange } from "../change-plan.ts";
import { type Command, withDaemon } from "../command.ts";
import { type Paint, wrap } from "../format.ts";
import { documentCalled, type NamedDocument, REVISION_WORDS, revisionCalled } from "../named-document.ts";
import { unifiedDiff } from "../unified-diff.ts";

interface Options {
  readonly yaml?: boolean;
}

export const diff: Command<Options> = {
  operands: [
    {
      name: "[a]",
      help: `before: a file, or a revision: ${REVISION_WORDS}; else the previous one`,
      values: "file",
    },
    { name: "[b]", help: "after: the same; else what runs, or, if `a` is a file, that file", values: "file" },
  ],
  options: [{ flags: "--yaml", help: "as a unified diff of the documents in YAML" }],
  examples: [
    ["diff", "what did the last change do?"],
    ["diff 40", "what is different from revision 40 now?"],
    ["diff services.yaml", "what would applying this file change, and what would become of connections?"],
    ["diff 40 services.yaml --yaml", "line by line"],
  ],
  async run({ operands, options: { yaml = false } }, world) {
    const { before, after, changes } = await withDaemon(world, async (node) => {
      const [a, b] = await sidesOf(operands, node);
      const before = await documentCalled(a, node, world);
      const after = await documentCalled(b, node, world);
      return {
        before,
        after,
        changes: await changesBetween(before, after, a === "current" ? node : undefined),
      };
    });
    const json = { before: before.name, after: after.name, changes };
    const text = (paint: Paint) => {
      if (changes.length === 0) return `No difference between ${before.name} and ${after.name}.\n`;
      if (yaml) return paintDiff(unifiedDiff(asText(before), asText(after)), paint);
      const title = `${before.name} → ${after.name}: ${formatPlanTitle(changes)}`;
      return `${paint("strong", wrap(title, paint.width, 2).trimEnd())}\n${formatPlan(changes, paint)}`;
    };
    return { json, text };
  },
};

/** What is compared with what. A file stands for what is wanted, a revision for what was. */
async function sidesOf(
  [a, b]: readonly string[],
  node: RemoteNode,
): Promise<[before: string, after: string]> {
  if (a === undefined) return ["previous", "current"];
  if (b !== undefined) return [a, b];
  return (await revisionCalled(a, node)) === undefined ? ["current", a] : [a, "current"];
}

/** A change of what runs on `running` is told with what becomes of connections. */
const changesBetween = async (
  { spec: before }: NamedDocument,
  { spec: after }: NamedDocument,
  running: RemoteNode | undefined,
): Promise<PlannedChange[]> => (running ? planOn(running, before, after) : documentChanges(before, after));

const asText = ({ name, spec }: NamedDocument) => ({ name, text: plainText(spec) });

const paintDiff = (diff: string, paint: Paint): string =>
  diff.replace(/^[+-].*$/gm, (line) => paint(line[0] === "+" ? "good" : "bad", line));
