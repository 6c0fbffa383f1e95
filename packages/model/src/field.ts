/** Fields of schemas that operators fill in. Each says what it wants, so that a message needs only what was found. */
import { z } from "zod";
import { canonicalAddress } from "./address.ts";
import { canonicalPrefix } from "./prefix.ts";

/** Parameters of a zod check: its message says what is wanted. */
export const wanted = (what: string) => ({ error: `wanted ${what}` });

/** A whole number, both limits allowed. */
export function wholeNumber(min: number, max: number) {
  const range = wanted(`a whole number from ${min} to ${max}`);
  return z.int(range).min(min, range).max(max, range);
}

/** A TCP or UDP port. */
export const portNumber = wholeNumber(1, 65535);

/** An IPv4 or IPv6 address; comes out in canonical text. */
export const ipAddress = canonicalText("an IPv4 or IPv6 address", canonicalAddress);

/** Text of a form. `what` describes it for people. */
export function patternText(form: RegExp, what: string) {
  return z.string(wanted(what)).regex(form, { ...wanted(what), abort: true });
}

/** An IPv4 or IPv6 prefix; comes out in canonical text. */
export const ipPrefix = canonicalText("a prefix such as 192.0.2.0/24 or 2001:db8::/32", canonicalPrefix);

/** Text that `read` makes canonical; it gives undefined for what it cannot read. `what` describes it for people. */
function canonicalText(what: string, read: (text: string) => string | undefined) {
  return z.string(wanted(what)).transform((text, context) => {
    const canonical = read(text);
    if (canonical !== undefined) return canonical;
    context.addIssue({ code: "custom", message: wanted(what).error });
    return z.NEVER;
  });
}

/** One of a few words. */
export function oneOf<const T extends readonly [string, ...string[]]>(...words: T) {
  return z.enum(words, wanted(`one of ${words.join(", ")}`));
}

/** true or false. */
export const flag = z.boolean(wanted("true or false"));
