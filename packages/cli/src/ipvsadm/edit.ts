/** A command of ipvsadm carried out on the document: what the tool's imperative line means where the whole configuration is one value. */
import type { DocumentSpec } from "@tandem/model";
import type { IpvsadmCommand, IpvsadmRefusal } from "./command.ts";
import { createDraft, type Draft } from "./draft.ts";
import { addServer, deleteServer, editServer } from "./edit-server.ts";
import { addService, deleteService, editService, flushServices } from "./edit-service.ts";
import { setTimeouts, startDaemon, stopDaemon } from "./edit-settings.ts";

/** The document after a command, or why it stays as it is: the kernel's own words, exit status 255. */
export type Edited = { readonly document: DocumentSpec } | IpvsadmRefusal;

/** Commands that change the document. The others read, or are about counters. */
export type EditCommand = Extract<
  IpvsadmCommand,
  {
    name:
      | "add-service"
      | "edit-service"
      | "delete-service"
      | "add-server"
      | "edit-server"
      | "delete-server"
      | "flush"
      | "set"
      | "start-daemon"
      | "stop-daemon";
  }
>;

/** The edit of one name. */
export type EditOf<N extends EditCommand["name"]> = Extract<EditCommand, { name: N }>;

/** Interfaces of this host with their MTU in bytes. */
export type Interfaces = ReadonlyMap<string, number>;

type Edit<N extends EditCommand["name"]> = (
  draft: Draft,
  command: EditOf<N>,
  interfaces: Interfaces,
) => IpvsadmRefusal | undefined;

const EDITS: { readonly [N in EditCommand["name"]]: Edit<N> } = {
  "add-service": addService,
  "edit-service": editService,
  "delete-service": deleteService,
  "add-server": addServer,
  "edit-server": editServer,
  "delete-server": deleteServer,
  flush: flushServices,
  set: setTimeouts,
  "start-daemon": startDaemon,
  "stop-daemon": stopDaemon,
};

/** Whether a command changes the document. */
export const isEdit = (command: IpvsadmCommand): command is EditCommand => command.name in EDITS;

/** Carry out a command on a draft. @returns why it cannot be, and then the draft is as it was. Never throws. */
export function editDraft(
  draft: Draft,
  command: EditCommand,
  interfaces: Interfaces,
): IpvsadmRefusal | undefined {
  return (EDITS[command.name] as Edit<EditCommand["name"]>)(draft, command as never, interfaces);
}

/** Carry out a single command. @returns a new document that shares what did not change, or the refusal. Never throws. */
export function editDocument(
  document: DocumentSpec,
  command: EditCommand,
  interfaces: Interfaces = new Map(),
): Edited {
  const draft = createDraft(document);
  return editDraft(draft, command, interfaces) ?? { document: draft.finished() };
}
