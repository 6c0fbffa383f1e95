/**
 * Earlier revisions on a shelf: their heads by revision, the parts that these name, and which of both may go. Pure but for the shelf.
 *
 * A part may go when no kept head names it and it was written before the head that is current. Nobody who is about to name a part can lose it so:
 * his head comes to be only if the current one is still there, and he writes anew what that one does not name.
 */
import type { ConfigShelf } from "./config-bucket.ts";
import { formatHead, parseHead, refused, unpackDocument, unpackText } from "./config-form.ts";
import { type ConfigSigner, hashOf } from "./config-sign.ts";
import type { ConfigHead, ConfigReading, StoredDocument } from "./config-store.ts";

/** How much is kept. */
export interface ArchiveLimits {
  /** Most revisions. */
  readonly revisions: number;
  /** Most parts that all kept revisions name together. The current one is always kept. */
  readonly parts: number;
}

/** A hundred revisions; fewer of a document so large that they would need more than about 100 MiB. */
const ARCHIVE_LIMITS: ArchiveLimits = { revisions: 100, parts: 400 };
/** Tidying costs a look at every key: it is done at every tenth revision. */
const TIDY_EVERY = 10;

const partKey = (hash: string) => `part.${hash}`;
const headKey = (revision: number) => `head.${revision}`;

/** Hashes of all parts that a head names. */
export const partsOf = (head: ConfigHead): readonly string[] => [...head.parts, ...(head.text?.parts ?? [])];

/** Earlier revisions on a shelf. All reject as the shelf does. */
export interface ConfigArchive {
  /** Keep a head; its parts are there already. */
  keep(head: ConfigHead): Promise<void>;
  /** Heads below a revision, newest first. */
  heads(below: number, limit: number): Promise<ConfigHead[]>;
  /** @returns `empty` if this revision is not kept */
  read(revision: number): Promise<ConfigReading>;
  /** The newest revision that is whole; undefined if none is. */
  newest(): Promise<StoredDocument | undefined>;
  /** Remove the head of a revision that did not come to be. */
  forget(revision: number): Promise<void>;
  /** The document of a head, put together from its parts. */
  open(head: ConfigHead): Promise<ConfigReading>;
  /** The same document with its operator's text, if that can be had. */
  withText(stored: StoredDocument): Promise<StoredDocument>;
  /** Write parts that are not there, are damaged, or may be about to go. `isSafe` says of a part that is there whether it stays. */
  writeParts(
    parts: ReadonlyMap<string, Uint8Array>,
    isSafe: (hash: string, version: number) => boolean,
  ): Promise<void>;
  /** Remove what is beyond the limits and what nobody names, if it is time. `version` is the one that `current` was written at. */
  tidy(current: ConfigHead, version: number): Promise<void>;
}

/** An archive; several may share a shelf that counts versions. */
export function createConfigArchive(
  shelf: ConfigShelf,
  signer: ConfigSigner,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): ConfigArchive {
  const every = Math.min(TIDY_EVERY, limits.revisions);

  async function readHead(revision: number): Promise<ConfigHead | undefined> {
    const entry = await shelf.get(headKey(revision));
    const opened = entry && parseHead(new TextDecoder().decode(entry.value), signer);
    return opened?.kind === "head" && opened.head.revision === revision ? opened.head : undefined;
  }

  /** Revisions with a head, newest first. */
  async function revisions(): Promise<number[]> {
    const keys = await shelf.keys("head");
    const all = keys.map((key) => Number(key.slice("head.".length))).filter(Number.isSafeInteger);
    return all.sort((a, b) => b - a);
  }

  async function read(revision: number): Promise<ConfigReading> {
    const head = await readHead(revision);
    return head ? open(head) : { kind: "empty" };
  }

  async function getParts(hashes: readonly string[]): Promise<Uint8Array[] | string> {
    const parts: Uint8Array[] = [];
    for (const hash of hashes) {
      const part = await shelf.get(partKey(hash));
      if (!part) return hash;
      parts.push(part.value);
    }
    return parts;
  }

  async function open(head: ConfigHead): Promise<ConfigReading> {
    const parts = await getParts(head.parts);
    if (typeof parts === "string")
      return refused("incomplete", `part ${parts.slice(0, 12)} of revision ${head.revision} is missing`);
    const reading = unpackDocument(head, parts);
    if (reading.kind !== "document") return reading;
    return { kind: "document", stored: await withText(reading.stored) };
  }

  async function withText(stored: StoredDocument): Promise<StoredDocument> {
    const { text: reference } = stored.head;
    const parts = reference && (await getParts(reference.parts));
    const text = typeof parts === "object" ? unpackText(reference!, parts) : undefined;
    return text === undefined ? stored : { ...stored, text };
  }

  /** The newest heads within the limits, as revision and parts; undefined if one cannot be read: who knows what it names? */
  async function keptHeads(current: ConfigHead): Promise<ConfigHead[] | undefined> {
    const kept = [current];
    const named = new Set(partsOf(current));
    for (const revision of (await revisions()).filter((n) => n < current.revision)) {
      if (kept.length >= limits.revisions) break;
      const head = await readHead(revision);
      if (!head) return undefined;
      for (const hash of partsOf(head)) named.add(hash);
      if (named.size > limits.parts) break;
      kept.push(head);
    }
    return kept;
  }

  return {
    open,
    withText,
    keep: (head) => shelf.put(headKey(head.revision), new TextEncoder().encode(formatHead(head, signer))),
    async heads(below, limit) {
      const wanted = (await revisions()).filter((n) => n < below).slice(0, limit);
      const heads = await Promise.all(wanted.map(readHead));
      return heads.filter((head) => head !== undefined);
    },
    read,
    async newest() {
      for (const revision of await revisions()) {
        const reading = await read(revision);
        if (reading.kind === "document") return reading.stored;
      }
      return undefined;
    },
    forget: (revision) => shelf.remove(headKey(revision), Infinity),
    async writeParts(parts, isSafe) {
      for (const [hash, bytes] of parts) {
        const there = await shelf.get(partKey(hash));
        const isThere = there && hashOf(there.value) === hash && isSafe(hash, there.version);
        if (!isThere) await shelf.put(partKey(hash), bytes);
      }
    },
    async tidy(current, version) {
      if (current.revision % every !== 0) return;
      const kept = await keptHeads(current);
      if (!kept) return;
      const heads = new Set(kept.map((head) => headKey(head.revision)));
      const parts = new Set(kept.flatMap(partsOf).map(partKey));
      for (const key of await shelf.keys("head")) if (!heads.has(key)) await shelf.remove(key, version);
      for (const key of await shelf.keys("part")) if (!parts.has(key)) await shelf.remove(key, version);
    },
  };
}
