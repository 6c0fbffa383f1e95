/** Fields of schemas that operators fill in. Each says what it wants, so that a message needs only what was found. */
import { z } from "zod";
import { canonicalAddress } from "./address.ts";
import { formatPrefix, parsePrefix } from "./prefix.ts";

/** Parameters of a zod check: its message says what is wanted. */
export const wanted = (what: string) => ({ error: `wanted ${what}` });

/** A whole number, both limits allowed. */
export function wholeNumber(min: number, max: number) {
  const range = wanted(`a whole number from ${min} to ${max}`);
  return z.int(range).min(min, range).max(max, range);
}

/** Seconds, with fractions; both limits allowed. */
export function seconds(min: number, max: number) {
  const range = wanted(`seconds from ${min} to ${max}`);
  return z.number(range).min(min, range).max(max, range);
}

/** A TCP or UDP port. */
export const portNumber = wholeNumber(1, 65535);

/** An IPv4 or IPv6 address; comes out in canonical text. */
export const ipAddress = z
  .string(wanted("an IPv4 or IPv6 address"))
  .refine((text) => canonicalAddress(text) !== undefined, wanted("an IPv4 or IPv6 address"))
  .transform((text) => canonicalAddress(text)!);

/** Text of a form. `what` describes it for people. */
export function patternText(form: RegExp, what: string) {
  return z.string(wanted(what)).regex(form, { ...wanted(what), abort: true });
}

/** An IPv4 or IPv6 prefix; comes out in canonical text. */
export const ipPrefix = z
  .string(wanted("a prefix such as 192.0.2.0/24 or 2001:db8::/32"))
  .refine((text) => parsePrefix(text) !== undefined, wanted("a prefix such as 192.0.2.0/24 or 2001:db8::/32"))
  .transform((text) => formatPrefix(parsePrefix(text)!));

/** One of a few words. */
export function oneOf<const T extends readonly [string, ...string[]]>(...words: T) {
  return z.enum(words, wanted(`one of ${words.join(", ")}`));
}

/** true or false. */
export const flag = z.boolean(wanted("true or false"));
