import { expect, test } from "vitest";
import type { ConfigHead, ConfigReading, StoredDocument } from "./config-store.ts";
import { viewOf } from "./config-view.ts";

const head = (revision: number, hash = `hash ${revision}`): ConfigHead => ({
  revision,
  hash,
  parent: "",
  parts: [],
  author: "eve",
  timeMs: 0,
});
const holds = (h: ConfigHead): ConfigReading => ({ kind: "document", stored: { head: h } as StoredDocument });
const EMPTY: ConfigReading = { kind: "empty" };

const cases: [
  what: string,
  running: ConfigHead | undefined,
  reading: ConfigReading,
  state: string,
  why: string,
][] = [
  ["nothing beside nothing", undefined, EMPTY, "current", ""],
  ["a document beside nothing", undefined, holds(head(3)), "current", ""],
  ["a newer document", head(3), holds(head(4)), "current", ""],
  ["the same document", head(3), holds(head(3)), "current", ""],
  ["an older document", head(3), holds(head(2)), "behind", "it is at revision 2, wanted 3"],
  ["nothing beside a document", head(3), EMPTY, "behind", "it is empty, wanted revision 3"],
  [
    "another document of the same revision",
    head(3),
    holds(head(3, "other")),
    "conflict",
    'its revision 3, by "eve", is not the one that runs here',
  ],
  ["a forged head", head(3), { kind: "refused", refusal: "forged", why: "forged" }, "refused", "forged"],
  ["no answer", head(3), { kind: "unavailable", why: "timeout" }, "unavailable", "timeout"],
];
for (const [what, running, reading, state, why] of cases) {
  test(`view of a store with ${what} is ${state}`, () =>
    expect(viewOf(running, reading)).toMatchObject({ state, why }));
}
