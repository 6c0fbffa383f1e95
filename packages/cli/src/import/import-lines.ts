/** A document from lines of ipvsadm, with every mistake in them and with what is to be known about them. Pure. */
import { DocumentSpec, type ProfileName, type ServiceSpec, serviceKey } from "@tandem/model";
import type { IpvsadmCommand, IpvsadmRefusal } from "../ipvsadm/command.ts";
import { createDraft, type Draft } from "../ipvsadm/draft.ts";
import { type EditCommand, editDraft, type Interfaces, isEdit } from "../ipvsadm/edit.ts";
import { targetKey } from "../ipvsadm/edit-service.ts";
import type { NameBook } from "../ipvsadm/name-book.ts";
import { isRefusal, parseIpvsadm } from "../ipvsadm/parse.ts";
import { readScriptLine } from "./script-line.ts";

/** What is said of a line, from 1. */
export interface LineNote {
  readonly line: number;
  readonly text: string;
  /** Key of the service that it is about. */
  readonly service?: string;
}

/** What lines come to. */
export interface ImportedLines {
  readonly document: DocumentSpec;
  /** What has no counterpart, or another one than it seems. */
  readonly notes: readonly LineNote[];
  /** What is wrong; the document lacks it. */
  readonly mistakes: readonly LineNote[];
}

interface Progress {
  readonly draft: Draft;
  readonly notes: LineNote[];
  readonly mistakes: LineNote[];
  /** Keys of services that could not be added: what is said of their servers would only repeat it. */
  readonly spoilt: Set<string>;
  commands: number;
}

/** Carry lines out, one after the other, beginning with nothing. Never throws. */
export function importLines(text: string, names: NameBook, profile?: ProfileName): ImportedLines {
  const settings = profile === undefined ? {} : { profile };
  const draft = createDraft(DocumentSpec.parse({ version: 1, settings }));
  const progress: Progress = { draft, notes: [], mistakes: [], spoilt: new Set(), commands: 0 };
  for (const [i, line] of text.split("\n").entries()) importLine(line, i + 1, names, progress);
  const { notes, mistakes } = progress;
  if (progress.commands === 0)
    mistakes.push({ line: 0, text: "no line is a command of ipvsadm, wanted what `ipvsadm -S` writes" });
  const { services, ...rest } = draft.finished();
  return { document: { ...rest, services: services.map(shorter) }, notes, mistakes };
}

function importLine(text: string, line: number, names: NameBook, progress: Progress): void {
  const read = readScriptLine(text);
  if (read.is === "blank") return;
  if (read.is === "other") {
    progress.notes.push({ line, text: `left out, it is no command of ipvsadm: ${shortened(text.trim())}` });
    return;
  }
  progress.commands++;
  const command = parseIpvsadm(read.words, names);
  const fault = isRefusal(command) ? command : carryOut(command, line, progress);
  if (fault)
    progress.mistakes.push({ line, text: `${shortened(read.words.join(" "))}: ${inOneLine(fault)}` });
}

/** What `--start-daemon` asks of an interface: this machine need not have it. */
const ANY_INTERFACE = { get: () => 1500 } as unknown as Interfaces;

function carryOut(command: IpvsadmCommand, line: number, progress: Progress): IpvsadmRefusal | undefined {
  const { draft, notes, spoilt } = progress;
  if (!isEdit(command)) {
    notes.push({ line, text: `left out: ${command.name} makes no part of a document` });
    return undefined;
  }
  const service = "service" in command ? targetKey(command.service) : undefined;
  const fault = editDraft(draft, command, ANY_INTERFACE);
  if (!fault) {
    for (const text of remarks(command))
      notes.push({ line, text, ...(service !== undefined && { service }) });
    return undefined;
  }
  if (command.name === "delete-service" || command.name === "delete-server") {
    notes.push({ line, text: "left out: there is nothing of it to delete" });
    return undefined;
  }
  if (service === undefined) return fault;
  const isRepetition = spoilt.has(service) && command.name !== "add-service";
  if (command.name === "add-service" && !draft.services.has(service)) spoilt.add(service);
  return isRepetition ? undefined : fault;
}

/** What is another thing here than it was. */
function remarks(command: EditCommand): string[] {
  if (command.name === "add-service" && "mark" in command.service)
    return ["marks that iptables or nftables give come too late: rules of `marks` give them here"];
  if (command.name === "start-daemon")
    return ["kept, not run: directors of a cluster share their connections by themselves"];
  return [];
}

/** A port that is the service's need not be said, and a method that all destinations have is said once. */
function shorter(service: ServiceSpec): ServiceSpec {
  const destinations = service.destinations.map(({ port, ...rest }) =>
    port === undefined || port === service.port ? rest : { ...rest, port },
  );
  const [method = service.method, ...others] = new Set(destinations.map((d) => d.method));
  if (others.length > 0) return { ...service, destinations };
  return { ...service, method, destinations: destinations.map(({ method: _, ...rest }) => rest) };
}

const inOneLine = ({ message }: IpvsadmRefusal): string => message.trim().replaceAll(/\s*\n\s*/g, "; ");

const MAX_SHOWN = 80;
const shortened = (text: string): string => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);

/** Which service a note is about, by its place in the document. */
export const placeOf = (note: LineNote, { services }: DocumentSpec): number =>
  services.findIndex((s) => serviceKey(s) === note.service);
