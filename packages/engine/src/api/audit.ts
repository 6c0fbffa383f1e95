/** What the server tells of calls that change something, before and after. */
import type { Caller } from "./caller.ts";
import { commandLine, MAX_COMMAND_CHARACTERS, printable } from "./command-line.ts";
import type { MethodName } from "./method-traits.ts";

/** A call with one answer, as it is told. */
export interface AuditedCall {
  readonly method: MethodName;
  readonly caller: Caller;
  /** Who the request says that asks; empty: it does not say. The caller's proven name goes before it. */
  readonly author: string;
  /** What is asked for, one line of at most 500 characters. */
  readonly says: string;
  /** What was typed, likewise; absent: nobody says. */
  readonly command?: string;
  /** Whether the method's purpose is a change. One that only looks may still change the document: RunIpvsadm. */
  readonly changes: boolean;
}

/** Tells of calls. */
export interface Auditor {
  /** Carry out a call and tell of it. Passes on what `act` returns or throws. */
  around<T>(call: AuditedCall, act: () => Promise<T>): Promise<T>;
}

const MAX_CHARACTERS = 500;

/** A call as it is told: of the request every field that says something, but long ones and documents in a few words. Never throws. */
export function auditedCall(
  method: MethodName,
  request: unknown,
  call: { caller: Caller; changes: boolean },
): AuditedCall {
  const { author, ...fields } = request as Record<string, unknown>;
  const command = call.caller.command ?? ipvsadmLine(method, fields);
  return {
    ...call,
    method,
    author: typeof author === "string" ? printable(author, MAX_CHARACTERS) : "",
    says: printable(says(fields), MAX_CHARACTERS),
    ...(command !== undefined && { command }),
  };
}

/** A command line of ipvsadm is one, whatever carries it. */
function ipvsadmLine(method: MethodName, { args }: Record<string, unknown>): string | undefined {
  if (method !== "RunIpvsadm" || !Array.isArray(args)) return undefined;
  return printable(commandLine(["ipvsadm", ...args.map(String)]), MAX_COMMAND_CHARACTERS);
}

function says(fields: Record<string, unknown>): string {
  const parts = Object.entries(fields).flatMap(([name, value]) => {
    const text = inWords(value);
    return text === "" ? [] : [`${name} ${text}`];
  });
  return parts.join(", ").slice(0, MAX_CHARACTERS);
}

function inWords(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "object") return String(value);
  if (!Array.isArray(value)) return inBraces(says(value as Record<string, unknown>));
  if (value.some((item) => typeof item === "object")) return `(${value.length})`;
  return value.length === 0 ? "" : `[${value.join(" ")}]`;
}

const inBraces = (text: string): string => (text === "" ? "" : `{${text}}`);
