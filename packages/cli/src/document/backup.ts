/** Backups: the document with its ids, what its operator wrote, and who made it what it is, in one file with a checksum. Pure. */
import { createHash } from "node:crypto";
import type { RevisionStatus } from "@tandem/engine/client";
import { type Document, DocumentSchema, LbError } from "@tandem/model";
import { z } from "zod";
import { parseYaml } from "./parse-yaml.ts";

const FORM = "tandem-backup-1";

/** What a backup holds. */
export interface Backup {
  /** Node that was asked. */
  readonly node: string;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly document: Document;
  readonly text?: string | undefined;
  /** Newest first; to look at. */
  readonly history: readonly RevisionStatus[];
}

const BackupFile = z.object({
  form: z.literal(FORM),
  sha256: z.string(),
  backup: z.object({
    node: z.string(),
    timeMs: z.number(),
    document: DocumentSchema,
    text: z.string().optional(),
    history: z.array(z.custom<RevisionStatus>()),
  }),
});

/** The file of a backup, as a value to be written as JSON or YAML. */
export const encodeBackup = (backup: Backup): object => ({ form: FORM, sha256: checksum(backup), backup });

/** SHA-256 of the backup as JSON without white space. */
const checksum = (backup: unknown): string =>
  createHash("sha256")
    .update(JSON.stringify(backup) ?? "")
    .digest("hex");

/**
 * Read a backup.
 *
 * @param source name of the file, for messages
 * @throws LbError refused, if it is none, is damaged, or is of a version that this one does not know
 */
export function decodeBackup(text: string, source: string): Backup {
  const { value, problems } = parseYaml(text);
  const refuse = (why: string, want: string) =>
    new LbError({ code: "refused", doing: `read "${source}"`, why, want });
  const { form, sha256, backup } = Object(value) as Record<string, unknown>;
  if (problems.length > 0 || form !== FORM) throw refuse("it is no backup", "what `tandem backup` wrote");
  if (sha256 !== checksum(backup))
    throw refuse("it is damaged: its checksum is another", "it as it was written");
  const read = BackupFile.safeParse(value);
  if (read.success) return read.data.backup;
  const [issue] = read.error.issues;
  throw refuse(`this version does not understand its ${issue?.path.join(".")}`, "the version that wrote it");
}
