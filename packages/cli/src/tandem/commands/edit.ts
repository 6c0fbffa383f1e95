/** `tandem edit`: the document in an editor, with the comments that it was written with. */
import type { RemoteNode } from "@tandem/engine/client";
import {
  type Document,
  type DocumentProblem,
  describeChange,
  describeFailure,
  documentChanges,
  LbError,
  specOf,
} from "@tandem/model";
import { documentText } from "../../document/document-text.ts";
import { loadWritten, type WrittenDocument } from "../../document/load-document.ts";
import { changeDocument } from "../change-document.ts";
import { type Answer, type Command, type World, withDaemon } from "../command.ts";
import { createEditFile, type EditFile, withoutTold } from "../edit-file.ts";

interface Options {
  readonly file?: string;
  readonly reason?: string;
}

/** What the text is called in messages. */
const NAME = "document.yaml";

export const edit: Command<Options> = {
  options: [
    {
      flags: "-f, --file <file>",
      help: "begin with this file instead of what runs: with one that an edit was refused with, for example",
      values: "file",
    },
    { flags: "--reason <text>", help: "why, for the history" },
  ],
  examples: [
    ["edit", "in $VISUAL, $EDITOR or vi; if there are mistakes in it, it opens again and says which"],
    ["edit --file /tmp/tandem-edit-Xy12ab/document.yaml", "go on with what was refused"],
  ],
  async run({ options: { file, reason } }, world) {
    return withDaemon(world, async (node) => {
      const base = await node.document();
      const resumed = file === undefined ? undefined : withoutTold(await world.readText(file));
      const { text } = resumed === undefined ? await node.documentText() : { text: resumed };
      const start = resumed ?? documentText(specOf(base), text);
      const session = { base, node, world, reason, start, isResumed: resumed !== undefined };
      return editDocument({ ...session, file: await createEditFile() });
    });
  },
};

/** One edit, from the opening of the file to the change. */
interface Session {
  /** What runs: the change is one of this. */
  readonly base: Document;
  readonly start: string;
  readonly isResumed: boolean;
  readonly file: EditFile;
  readonly reason: string | undefined;
  readonly node: RemoteNode;
  readonly world: World;
}

/** The file stays where it is if anything goes wrong with what was written into it. */
async function editDocument(session: Session): Promise<Answer> {
  const { file, world } = session;
  try {
    const answer = await editUntilDone(session);
    await file.remove();
    return answer;
  } catch (error) {
    if (await hasNothingNew(session)) await file.remove();
    else if (!isConflict(error)) world.err.write(`${goOn(file)}\n`); // of a conflict it has been told
    throw error;
  }
}

const isConflict = (error: unknown): boolean =>
  error instanceof LbError && error.failure.code === "stale_revision";

/** Whether nobody has written anything that is nowhere else. */
async function hasNothingNew({ file, start }: Session): Promise<boolean> {
  return file.read().then((text) => text === start, isGone);
}

const isGone = (error: unknown): boolean => error instanceof LbError && error.failure.code === "not_found";

const goOn = ({ path }: EditFile): string =>
  `Your text is kept: \`tandem edit --file ${path}\` goes on with it, on top of what runs then.`;

async function editUntilDone(session: Session): Promise<Answer> {
  const { file, world, isResumed } = session;
  let [told, text] = [introduce(session), session.start];
  for (let isFirst = true; ; isFirst = false) {
    await file.write(told, text);
    await world.openEditor(file.path);
    const edited = await file.read().catch((error) => {
      throw isGone(error) ? removed(file) : error;
    });
    const isUntouched = edited === text;
    if (edited.trim() === "" || (isUntouched && isFirst && !isResumed)) return unchanged(session);
    const answer = await send(session, edited);
    if (!(answer instanceof LbError)) return answer;
    if (isUntouched) throw answer;
    [told, text] = [tellMistakes(answer), edited];
  }
}

const removed = ({ path }: EditFile): LbError =>
  new LbError({
    code: "refused",
    doing: "edit",
    why: `the editor has removed "${path}"`,
    want: "one that leaves its text there; nothing was changed",
  });

/** Change the document to what a text says. @returns what is wrong with it, if it is no document */
async function send(session: Session, text: string): Promise<Answer | LbError> {
  const { base, node, world, reason, file } = session;
  let written: WrittenDocument | undefined;
  try {
    written = loadWritten(text, NAME);
    const { spec } = written;
    const wanted = { base, spec, reason, dryRun: false, advice: `Nothing is lost. ${goOn(file)}` };
    return await changeDocument(
      { ...wanted, send: (terms) => node.apply(spec, { ...terms, text }) },
      node,
      world,
    );
  } catch (cause) {
    const error = written ? written.locate(cause) : cause;
    if (error instanceof LbError && error.failure.code === "invalid_document") return error;
    throw error;
  }
}

function unchanged({ base: { revision } }: Session): Answer {
  return {
    json: { revision, changed: false, changes: [], warnings: [] },
    text: () => `Nothing was changed: revision ${revision} stays.\n`,
  };
}

const HEAD = "Lines like this one are no part of the document. Change nothing, and nothing is changed.";

/** With a file that is gone on with: also how it differs from what runs. */
function introduce({ base, start, isResumed }: Session): string[] {
  const head = [`Revision ${base.revision}. ${HEAD}`];
  if (!isResumed) return head;
  try {
    const changes = documentChanges(specOf(base), loadWritten(start, NAME).spec);
    return [
      ...head,
      "What differs here from what runs:",
      ...changes.map((change) => `  ${describeChange(change)}`),
    ];
  } catch (error) {
    if (error instanceof LbError) return head;
    throw error;
  }
}

/** Lines count from the top of the file, these included. */
function tellMistakes({ failure }: LbError): string[] {
  const problems = failure.code === "invalid_document" ? failure.problems : [];
  const below = (problem: DocumentProblem) => ({
    ...problem,
    line: problem.line && problem.line + problems.length + 1,
  });
  const lines = problems.map((problem) =>
    describeFailure({ code: "invalid_document", source: NAME, problems: [below(problem)] }),
  );
  return [
    "Nothing was changed. Mend this, or change nothing more to give up:",
    ...lines.map((line) => `  ${line}`),
  ];
}
