/** Documents that come back from a backup. Pure. */
import { type Document, type Id, reviseDocument, specOf } from "./config.ts";
import { LbError } from "./failure.ts";
import { destinationKey, serviceKey } from "./service-spec.ts";

/**
 * The document that follows `current` and says what `backup` does, under the ids that it had there: connections that know them stay with their destinations.
 *
 * @returns a document above both revisions
 * @throws LbError refused, if an id stands for one thing here and for another in the backup
 */
export function restoreDocument(current: Document, backup: Document): Document {
  const [here, there] = [idsOf(current), idsOf(backup)];
  const keys = new Map([...here].map(([key, id]) => [id, key]));
  for (const [key, id] of there) {
    if ((here.get(key) ?? id) !== id) throw conflict(`"${key}" has the id ${here.get(key)} here`, `${id}`);
    if ((keys.get(id) ?? key) !== key) throw conflict(`the id ${id} is that of "${keys.get(id)}" here`, key);
  }
  const base: Document = {
    ...current,
    revision: Math.max(current.revision, backup.revision),
    nextId: Math.max(current.nextId, backup.nextId),
    retired: Object.fromEntries([...here, ...there]),
    services: [],
  };
  return reviseDocument(base, specOf(backup));
}

/** Every id that was ever given, by key. */
function idsOf(document: Document): Map<string, Id> {
  const ids = new Map(Object.entries(document.retired));
  for (const s of document.services) {
    ids.set(serviceKey(s), s.id);
    for (const d of s.destinations) ids.set(destinationKey(s, d), d.id);
  }
  return ids;
}

const conflict = (why: string, there: string): LbError =>
  new LbError({
    code: "refused",
    doing: "restore the document",
    why: `${why}, and in the backup "${there}"`,
    want: "a backup of this cluster, or one that never had a document; `tandem apply` takes the document without its ids",
  });
