/** What rules across the fields of a document have in common. */
import { familyOf } from "./address.ts";
import { addressKind } from "./address-kind.ts";

/** Tells where something is wrong, and what. The path is relative to what is looked at. */
export type Refuse = (path: readonly (string | number)[], message: string) => void;

/** The same for what stands at `path` in what `refuse` speaks of. */
export function at(refuse: Refuse, ...path: readonly (string | number)[]): Refuse {
  return (inner, message) => refuse([...path, ...inner], message);
}

/** What is wrong with an address that a host is to be reached by, if it is no loopback's or `ofLoopback` says what is wrong with that; undefined if nothing is. */
export function hostProblem(address: string, ofLoopback?: string): string | undefined {
  const kind = addressKind(address);
  if (kind === "ordinary") return undefined;
  if (kind === "loopback") return ofLoopback && `"${address}" is ${ofLoopback}`;
  return `"${address}" is ${kind}, wanted the address of one host${HINTS[kind] ?? ""}`;
}

const HINTS: Readonly<Record<string, string>> = {
  "IPv4-mapped": ": the IPv4 address itself",
  "link-local": " that is the same on every interface",
};

/** What is wrong with the family of `text`; undefined if it is the service's own. */
export function familyProblem(text: string, service: { address: string }, or = ""): string | undefined {
  const [found, own] = [familyOf(text), familyOf(service.address)];
  return found === own ? undefined : `"${text}" is IPv${found}, wanted IPv${own} as the service${or}`;
}
