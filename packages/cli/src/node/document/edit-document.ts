/** Changes of a part of the document: an edit of whatever it is when its turn comes. */
import { type Document, type DocumentSpec, specOf } from "@tandem/model";
import { admit, type Changer } from "./admission.ts";
import type { Drafting } from "./apply-document.ts";
import { newTunnels } from "./tunnel-room.ts";

/**
 * Make `edit` of the newest document the next one. It may be called more than once, and what it throws is thrown here.
 *
 * @throws LbError as `ConfigKeeper.change`, and as `admit`
 */
export async function editDocument(
  { keeper, measure }: Drafting,
  edit: (current: DocumentSpec) => DocumentSpec,
  by: Changer,
): Promise<Document> {
  const tried = createMemory((current: Document) => edit(specOf(current)));
  const first = keeper.current();
  const mtuOf = await measure(newTunnels(tried(first), specOf(first))); // only what is new may be refused
  return keeper.change((current) => {
    const spec = tried(current);
    admit({ current: specOf(current), spec }, by, mtuOf);
    return spec;
  }, by.author);
}

/** Remembers the last answer: a document seldom changes between two questions. */
function createMemory<Q, A>(answer: (question: Q) => A): (question: Q) => A {
  let last: { readonly question: Q; readonly answer: A } | undefined;
  return (question) => {
    if (last?.question !== question) last = { question, answer: answer(question) };
    return last.answer;
  };
}
