import { expect, test } from "vitest";
import { type Document, DocumentSpec, EMPTY_DOCUMENT, reviseDocument, specOf } from "./config.ts";
import { restoreDocument } from "./restore-document.ts";

const spec = (...hosts: number[]) =>
  DocumentSpec.parse({
    version: 1,
    services: [
      {
        protocol: "tcp",
        address: "192.0.2.1",
        port: 80,
        destinations: hosts.map((n) => ({ address: `10.0.0.${n}` })),
      },
    ],
  });
const revisions = (...hosts: number[][]): Document =>
  hosts.reduce((document, each) => reviseDocument(document, spec(...each)), EMPTY_DOCUMENT);
const ids = (document: Document) => document.services[0]!.destinations.map(({ id }) => id);

test("a backup comes back into a cluster that lost everything, above its revision and with its ids", () => {
  const backup = revisions([1, 2], [2], [2, 3]); // ids: 1 → 2, 2 → 3, 3 → 4
  const restored = restoreDocument(EMPTY_DOCUMENT, backup);
  expect(restored).toEqual({ ...backup, revision: 4 });
});

test("an older backup comes back above what runs, and no id is given again", () => {
  const backup = revisions([1, 2]);
  const current = reviseDocument(reviseDocument(backup, spec(2, 3)), spec(4));
  const restored = restoreDocument(current, backup);
  expect([restored.revision, restored.nextId, specOf(restored)]).toEqual([4, 6, specOf(backup)]);
  expect(ids(restored)).toEqual(ids(backup));
  expect(restored.retired).toEqual({
    "tcp 192.0.2.1:80 -> 10.0.0.3:80": 4,
    "tcp 192.0.2.1:80 -> 10.0.0.4:80": 5,
  });
});

test("a backup of a cluster that gave its ids to something else is refused", () => {
  const [here, there] = [revisions([1, 2]), revisions([2, 1])];
  expect(() => restoreDocument(here, there)).toThrow(
    'Cannot restore the document: "tcp 192.0.2.1:80 -> 10.0.0.2:80" has the id 3 here, and in the backup "2"',
  );
  expect(() => restoreDocument(here, revisions([9]))).toThrow(
    'the id 2 is that of "tcp 192.0.2.1:80 -> 10.0.0.1:80" here, and in the backup "tcp 192.0.2.1:80 -> 10.0.0.9:80"',
  );
});
