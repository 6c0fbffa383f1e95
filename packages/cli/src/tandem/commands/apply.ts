/** `tandem apply`: make a file the document of the node or cluster. */
import { type DocumentChange, documentChanges, specOf } from "@tandem/model";
import { type Answer, type Command, withDaemon } from "../command.ts";
import { formatPlural, type Paint, type Tone } from "../format.ts";

interface Options {
  readonly file: string;
  readonly dryRun?: boolean;
}

export const apply: Command<Options> = {
  options: [
    {
      flags: "-f, --file <file>",
      help: "the document, YAML or JSON; - reads the standard input",
      required: true,
    },
    { flags: "--dry-run", help: "say what would change, and change nothing" },
  ],
  examples: [
    ["apply -f services.yaml --dry-run", "what would this change?"],
    ["apply -f services.yaml", "change it"],
    ["apply -f - <services.yaml", "from a pipe"],
  ],
  async run({ options: { file, dryRun = false } }, world) {
    const { spec, locate } = await world.readDocument(file);
    return withDaemon(world, async (node) => {
      const current = await node.document();
      const changes = documentChanges(specOf(current), spec);
      // compare-and-set: what is reported as changed is what did change
      const terms = { expectedRevision: current.revision, author: world.user, dryRun };
      const done = await node.apply(spec, terms).catch((error) => {
        throw locate(error);
      });
      const head = dryRun ? `Would change revision ${done.revision}` : `Revision ${done.revision}`;
      return answer({ ...done, changes }, head);
    });
  },
};

const TONES: Record<DocumentChange["kind"], Tone> = { "+": "good", "-": "bad", "~": "warn" };

interface Outcome {
  readonly revision: number;
  readonly changed: boolean;
  readonly changes: readonly DocumentChange[];
  readonly warnings: readonly string[];
}

function answer(outcome: Outcome, head: string): Answer {
  const { revision, changed, changes, warnings } = outcome;
  const formatOutcome = (paint: Paint) =>
    changed
      ? `${paint("strong", `${head}: ${formatPlural(changes.length, "change")}`)}\n${formatChanges(changes, paint)}`
      : `Unchanged: revision ${revision} says the same already.\n`;
  return { json: outcome, text: (paint) => formatOutcome(paint) + formatWarnings(warnings, paint) };
}

const formatWarnings = (warnings: readonly string[], paint: Paint): string =>
  warnings.map((warning) => `${paint("warn", "warning")}: ${warning}\n`).join("");

const formatChanges = (changes: readonly DocumentChange[], paint: Paint): string =>
  changes
    .map(({ kind, what, how }) => `  ${paint(TONES[kind], kind)} ${what}${how && `: ${how}`}\n`)
    .join("");
