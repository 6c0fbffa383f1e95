/** One question to all directors of a cluster, asked through the one at hand. */
import { LbError } from "@tandem/model/failure";

/** A cluster as one director sees it; `N` is what a director can be asked. */
export interface Circle<N> {
  /** Name of the director at hand. */
  readonly here: string;
  /** Names of its peers; undefined: NATS is away, and nobody else can be asked. */
  readonly others: readonly string[] | undefined;
  /** Let a director answer, also the one at hand. Rejects with `LbError` if it does not. */
  ask<T>(name: string, question: (node: N) => Promise<T>): Promise<T>;
}

/** What one director said, or why it said nothing. */
export type Said<T> =
  | { readonly node: string; readonly answer: T }
  | { readonly node: string; readonly failure: LbError };

/**
 * Ask them all at the same time. `tell` gets a sentence for each that does not answer, and for NATS.
 *
 * @returns what each said, the director at hand first. Rejects as that one does, and with bugs
 */
export async function gather<N, T>(
  { here, others, ask }: Circle<N>,
  question: (node: N, name: string) => Promise<T>,
  tell: (sentence: string) => void,
): Promise<Said<T>[]> {
  if (!others) tell(`NATS cannot be reached: "${here}" answers for itself alone`);
  const put = (name: string) => ask(name, (node) => question(node, name));
  const [answer, ...said] = await Promise.all([
    put(here),
    ...(others ?? []).map((name) => orFailure(name, put(name))),
  ]);
  for (const each of said) if ("failure" in each) tell(each.failure.message);
  return [{ node: here, answer }, ...said];
}

async function orFailure<T>(node: string, answering: Promise<T>): Promise<Said<T>> {
  try {
    return { node, answer: await answering };
  } catch (failure) {
    if (!(failure instanceof LbError)) throw failure;
    return { node, failure };
  }
}

/** Answers alone. */
export const answersOf = <T>(said: readonly Said<T>[]): { node: string; answer: T }[] =>
  said.filter((each) => "answer" in each);
