/** The command line that a call comes from, as it was typed: audits and histories speak in the operator's words. */
import type { Metadata } from "@grpc/grpc-js";

/** Metadata of a call: the command line, UTF-8. */
export const COMMAND_KEY = "tandem-command-bin";

/** Longest command line that is told, in characters. */
export const MAX_COMMAND_CHARACTERS = 500;

/** Words as a shell would have to be given them. */
export const commandLine = (words: readonly string[]): string => words.map(quoted).join(" ");

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** What a call's program says that was typed; undefined: it does not say. Never throws. */
export function commandOf(metadata: Metadata): string | undefined {
  const [command] = metadata.get(COMMAND_KEY);
  const text = command === undefined ? "" : printable(String(command), MAX_COMMAND_CHARACTERS);
  return text === "" ? undefined : text;
}

/** Audits end up on terminals, and callers who may do nothing are told of, too: what would steer a terminal becomes U+FFFD. */
export const printable = (text: string, maxCharacters: number): string =>
  text
    .slice(0, maxCharacters)
    .toWellFormed()
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, "\ufffd");
