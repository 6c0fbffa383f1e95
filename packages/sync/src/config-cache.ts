/** The configuration on a node's own disk, so that it starts and serves with NATS away. */
import { mkdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { type ArchiveLimits, createConfigArchive } from "./config-archive.ts";
import { formatHead, parseHead, partsOfStored, unpackDocument } from "./config-form.ts";
import { createDirectoryShelf } from "./config-shelf-directory.ts";
import type { ConfigSigner } from "./config-sign.ts";
import type { ConfigHead, ConfigReading, StoredDocument } from "./config-store.ts";
import { syncDirectory, writeDurably } from "./durable-file.ts";

const CURRENT = "document";
const PREVIOUS = "document.previous";
const HISTORY = "history";

/** What the disk holds. */
export interface CachedDocument {
  /** The newest copy that is whole and signed; undefined if there is none. */
  readonly stored: StoredDocument | undefined;
  /** What was wrong with the copies that were passed over, for the operator. */
  readonly problems: readonly string[];
}

/** The copy of the document on a node's disk, and of what it ran before. */
export interface ConfigCache {
  /** Read the current copy, or else the newest of the others: the previous one and the history's. Never rejects. */
  load(): Promise<CachedDocument>;
  /** Replace the current copy, which becomes the previous one. Rejects if the disk does not take it; both copies are then as they were. */
  save(stored: StoredDocument): Promise<void>;
  /** Heads of what this node ran, newest first, at most `limit`. Never rejects. */
  history(limit: number): Promise<readonly ConfigHead[]>;
  /** One revision that this node ran; `empty` if it is not kept. Never rejects. */
  revision(revision: number): Promise<ConfigReading>;
  /** Move copies that `load` cannot read out of the way, to `….damaged`, where nothing reads them. Rejects with the file system's error. */
  setAside(): Promise<void>;
}

/** What a cache is built from. */
export interface ConfigCacheOptions {
  /** Made if it is not there. */
  readonly directory: string;
  readonly signer: ConfigSigner;
  /** How much of the past is kept. */
  readonly limits?: ArchiveLimits;
}

/**
 * A cache of two files, signed head in the first two lines, document in the third, and a directory of earlier revisions. Saves are done one after
 * the other.
 */
export function createConfigCache({ directory, signer, limits }: ConfigCacheOptions): ConfigCache {
  let last = Promise.resolve();
  const archive = createConfigArchive(createDirectoryShelf(join(directory, HISTORY)), signer, limits);
  const path = (name: string) => join(directory, name);
  async function save(stored: StoredDocument): Promise<void> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    try {
      await keep(stored);
      await replace(stored);
    } catch (error) {
      await archive.forget(stored.head.revision).catch(() => {}); // or damage of the current copy might bring it into force
      throw error;
    }
    await archive.tidy(stored.head, Infinity).catch(() => {}); // what fails is done another time
  }
  async function replace({ head, body }: StoredDocument): Promise<void> {
    await writeDurably(path("document.next"), `${formatHead(head, signer)}\n${body}`);
    // Between these two a crash leaves no current copy, and `load` takes the history's.
    await rename(path(CURRENT), path(PREVIOUS)).catch(unlessMissing);
    await rename(path("document.next"), path(CURRENT));
    await syncDirectory(directory);
  }
  async function keep(stored: StoredDocument): Promise<void> {
    await archive.writeParts(partsOfStored(stored), () => true);
    await archive.keep(stored.head);
  }
  /** Of a copy that a version without a history wrote, its successor will be the first to be kept, unless it is kept now. */
  async function keepIfMissing(stored: StoredDocument): Promise<void> {
    const [newest] = await archive.heads(stored.head.revision + 1, 1);
    if (newest?.revision !== stored.head.revision) await keep(stored);
  }
  const newestKept = () => archive.newest().catch(() => undefined);
  /** With its text; what is on a full disk can be read all the same. */
  async function complete(copy: StoredDocument): Promise<StoredDocument> {
    await keepIfMissing(copy).catch(() => {});
    return archive.withText(copy).catch(() => copy);
  }
  return {
    history: (limit) => archive.heads(Infinity, limit).catch(() => []),
    revision: (revision) =>
      archive
        .read(revision)
        .catch((error: Error): ConfigReading => ({ kind: "unavailable", why: error.message })),
    async load() {
      const problems: string[] = [];
      for (const name of [CURRENT, PREVIOUS]) {
        const copy = await readCopy(path(name), signer);
        if (typeof copy === "object") {
          const kept = name === CURRENT ? undefined : await newestKept();
          return { stored: kept && isNewer(kept, copy) ? kept : await complete(copy), problems };
        }
        if (copy !== "missing") problems.push(`${path(name)}: ${copy}`);
      }
      return { stored: await newestKept(), problems };
    },
    save(stored) {
      const done = last.then(() => save(stored));
      last = done.catch(() => {});
      return done;
    },
    async setAside() {
      for (const name of [CURRENT, PREVIOUS]) {
        const copy = await readCopy(path(name), signer);
        if (typeof copy === "string") await rename(path(name), path(`${name}.damaged`)).catch(unlessMissing);
      }
    },
  };
}

const isNewer = (a: StoredDocument, b: StoredDocument): boolean => a.head.revision > b.head.revision;

/** @returns the copy, `missing`, or what is wrong with it */
async function readCopy(file: string, signer: ConfigSigner): Promise<StoredDocument | string> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? "missing" : message;
  }
  const bodyAt = text.indexOf("\n", text.indexOf("\n") + 1);
  if (bodyAt < 0) return "it ends early";
  const opened = parseHead(text.slice(0, bodyAt), signer);
  if (opened.kind === "refused") return opened.why;
  const reading = unpackDocument(opened.head, [new TextEncoder().encode(text.slice(bodyAt + 1))]);
  return reading.kind === "document"
    ? reading.stored
    : reading.kind === "refused"
      ? reading.why
      : reading.kind;
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
