/** `tandem import`: a document from what `ipvsadm -S` wrote, or from a script of its commands. */
import { type DocumentProblem, DocumentSpec, LbError, PROFILES, type ProfileName } from "@tandem/model";
import { type ImportedLines, importLines, type LineNote } from "../../import/import-lines.ts";
import { importSysctls } from "../../import/import-sysctls.ts";
import { type FileNotes, importedText, STDIN } from "../../import/imported-text.ts";
import { createNameCollector } from "../../ipvsadm/name-book.ts";
import { applySysctls } from "../../ipvsadm/sysctl.ts";
import { lookUpNames } from "../../node/doors/look-up-names.ts";
import { createSystemHostNames } from "../../node/machine/host-names.ts";
import { changeDocument } from "../change-document.ts";
import { type Command, type World, withDaemon } from "../command.ts";

interface Options {
  readonly sysctl?: string;
  readonly profile?: ProfileName;
  readonly apply?: boolean;
  readonly dryRun?: boolean;
  readonly reason?: string;
}

export const importRules: Command<Options> = {
  operands: [
    {
      name: "<file>",
      help: "what `ipvsadm -S` wrote, or a script; - reads the standard input",
      values: "file",
    },
  ],
  options: [
    {
      flags: "--sysctl <file>",
      help: "the kernel's settings too, net.ipv4.vs.* as sysctl.conf has them",
      values: "file",
    },
    {
      flags: "--profile <profile>",
      help: "for what is not said: lvs as the kernel, else as Tandem",
      values: Object.keys(PROFILES),
    },
    { flags: "--apply", help: "make it the document instead of printing it, and say what changed" },
    {
      flags: "--dry-run",
      help: "say what --apply would change and what becomes of connections, and change nothing",
    },
    { flags: "--reason <text>", help: "why, for the history" },
  ],
  examples: [
    ["import rules.save >services.yaml", "look at it, and apply it then"],
    ["import rules.save --sysctl /etc/sysctl.conf --profile lvs", "all as it was"],
    ["import rules.save --dry-run", "what would it change here?"],
  ],
  async run({ operands: [file = ""], options }, world) {
    const { sysctl, profile, apply = false, dryRun = false, reason } = options;
    const typed = await read(file, world);
    const rules = await readRules(typed, profile);
    if (rules.mistakes.length > 0 && DOCUMENT_FIELD.test(typed)) throw isDocument(nameOf(file));
    const settings = sysctl === undefined ? undefined : importSysctls(await read(sysctl, world));
    const files = [
      { file: nameOf(file), ...rules },
      ...(settings ? [{ file: nameOf(sysctl!), ...settings }] : []),
    ];
    refuseMistakes(files);
    const spec = checked(applySysctls(rules.document, settings?.values ?? {}), nameOf(file));
    const text = importedText(spec, files);
    if (!apply && !dryRun) return { json: spec, text: () => text };
    return withDaemon(world, async (node) => {
      const base = await node.document();
      const advice = `Nothing is lost: \`tandem import ${file} --dry-run\` says what it would change now.`;
      const wanted = { base, spec, dryRun, reason, advice };
      return changeDocument(
        { ...wanted, send: (terms) => node.apply(spec, { ...terms, text }) },
        node,
        world,
      );
    });
  },
};

/** A line of a document, in YAML or JSON: ipvsadm has none like it. */
const DOCUMENT_FIELD = /^[{\s]*"?(?:version|services|settings)"?\s*:/m;

const isDocument = (source: string): LbError =>
  new LbError({
    ...{
      code: "refused",
      doing: `import "${source}"`,
      why: "it looks like a document, not like lines of ipvsadm",
    },
    want: "`tandem apply -f FILE` for a document",
  });

const nameOf = (path: string): string => (path === "-" ? STDIN : path);
const read = (path: string, world: World): Promise<string> =>
  path === "-" ? world.readInput() : world.readText(path);

/** Read twice where there are names: once to see which, once with what they stand for. */
async function readRules(text: string, profile: ProfileName | undefined): Promise<ImportedLines> {
  const collector = createNameCollector();
  const rules = importLines(text, collector, profile);
  const { hosts, ports } = collector.asked;
  if (hosts.size + ports.size === 0) return rules;
  return importLines(text, await lookUpNames(collector.asked, createSystemHostNames()), profile);
}

type Judged = FileNotes & { readonly mistakes: readonly LineNote[] };

/** @throws LbError invalid_document, with all mistakes of all files */
function refuseMistakes(files: readonly Judged[]): void {
  const wrong = files.filter(({ mistakes }) => mistakes.length > 0);
  const problems = wrong.flatMap(({ file, mistakes }) => mistakes.map((each) => problemOf(each, file)));
  const source = wrong.map(({ file }) => file).join(" and ");
  if (problems.length > 0) throw new LbError({ code: "invalid_document", source, problems });
}

const problemOf = ({ line, text }: LineNote, source: string): DocumentProblem => ({
  source,
  line,
  column: 1,
  path: "",
  message: text,
});

/** Rules across services, which single commands are not asked. */
function checked(document: DocumentSpec, source: string): DocumentSpec {
  const { data, error } = DocumentSpec.safeParse(document);
  if (data) return data;
  const problems = error.issues.map(({ path, message }) => ({
    line: 0,
    column: 0,
    path: path.join("."),
    message,
  }));
  throw new LbError({ code: "invalid_document", source, problems });
}
