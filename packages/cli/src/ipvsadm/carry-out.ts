/** Commands carried out on a document in order, all or none: what becomes of it, what is to be shown, which counters are to start anew. Pure. */
import type { DocumentSpec } from "@tandem/model";
import type { IpvsadmCommand, IpvsadmRefusal } from "./command.ts";
import { createDraft, type Draft } from "./draft.ts";
import { editDraft, type Interfaces, isEdit } from "./edit.ts";
import { targetKey } from "./edit-service.ts";
import { HELP_TEXT, VERSION_TEXT } from "./list/help-text.ts";
import { atLine, type ReadLine } from "./read-lines.ts";
import { kernelRefusal } from "./refusal.ts";

/** Commands that show something of the document, or of the node. */
export type ShowCommand = Extract<IpvsadmCommand, { name: "list" | "save" }>;

/** Something to show: a text, or what a command asks for, of the document as it was then. */
export type Show =
  | { readonly text: string }
  | { readonly command: ShowCommand; readonly document: DocumentSpec };

/** What commands come to. */
export interface CarriedOut {
  readonly document: DocumentSpec;
  readonly isChanged: boolean;
  readonly shows: readonly Show[];
  /** Keys of services whose counters start anew; "all". */
  readonly zeroed: readonly string[];
}

/** Carry commands out. @returns the refusal of the first that cannot be, with its line. Never throws. */
export function carryOut(
  lines: readonly ReadLine[],
  document: DocumentSpec,
  interfaces: Interfaces,
): CarriedOut | IpvsadmRefusal {
  const draft = createDraft(document);
  const shows: Show[] = [];
  const zeroed: string[] = [];
  let isChanged = false;
  for (const { line, command } of lines) {
    const done = isEdit(command) ? editDraft(draft, command, interfaces) : look(draft, command);
    if (!done) isChanged = true;
    else if ("exit" in done) return atLine(done, line);
    else if ("zero" in done) zeroed.push(done.zero);
    else shows.push(done);
  }
  return { document: isChanged ? draft.finished() : document, isChanged, shows, zeroed };
}

type Look = Exclude<IpvsadmCommand, Parameters<typeof editDraft>[1]>;

function look(draft: Draft, command: Look): Show | { readonly zero: string } | IpvsadmRefusal {
  if (command.name === "help") return { text: HELP_TEXT };
  if (command.name === "version") return { text: VERSION_TEXT };
  if (command.name === "restore") throw new Error("invariant: -R has been read");
  const key = "service" in command && command.service ? targetKey(command.service) : undefined;
  const isThere = key === undefined || draft.services.has(key);
  if (command.name === "zero") return isThere ? { zero: key ?? "all" } : kernelRefusal(NO_SERVICE);
  return isThere ? { command, document: draft.finished() } : { message: NO_SERVICE, exit: 1 };
}

const NO_SERVICE = "No such service";
