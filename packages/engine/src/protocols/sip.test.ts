import fc from "fast-check";
import { expect, test } from "vitest";
import { findCallId } from "./sip.ts";

const bytes = (text: string) => Uint8Array.from(Buffer.from(text, "latin1"));
const callIdOf = (text: string) => {
  const found = findCallId(bytes(text));
  return found && Buffer.from(found).toString("latin1");
};
const invite = (...headers: string[]) => ["INVITE sip:b@x SIP/2.0", ...headers, "", "body"].join("\r\n");

const readable: [string, string, string][] = [
  ["among other headers", invite("Via: SIP/2.0/UDP h", "Call-ID: a84b@pc33", "CSeq: 1"), "a84b@pc33"],
  ["in its compact form", invite("i: short@h"), "short@h"],
  ["in any case, with spaces around", invite("CALL-id \t:  x@y \t"), "x@y"],
  ["as the last line, without an end", "SIP/2.0 200 OK\nCall-ID:z", "z"],
  ["twice: the first", invite("Call-ID: one", "Call-ID: two"), "one"],
  ["of the greatest length", invite(`Call-ID: ${"c".repeat(255)}`), "c".repeat(255)],
];
for (const [how, message, callId] of readable) {
  test(`Call-ID is found ${how}`, () => expect(callIdOf(message)).toBe(callId));
}

const unreadable: [string, string][] = [
  ["in an empty datagram", ""],
  ["in the first line", "Call-ID: a\r\n\r\n"],
  ["in a message without one", invite("Via: x")],
  ["after the header lines", `${invite("Via: x")}\r\nCall-ID: in-the-body`],
  ["in a header that only starts alike", invite("Call-IDs: a", "ids: b")],
  ["without a value", invite("Call-ID:   ")],
  ["longer than what is kept", invite(`Call-ID: ${"c".repeat(256)}`)],
];
for (const [where, message] of unreadable) {
  test(`Call-ID is not found ${where}`, () => expect(callIdOf(message)).toBeUndefined());
}

test("Call-ID of random bytes is a part of them, or none", () => {
  const text = fc
    .array(fc.constantFrom("i", ":", "\r", "\n", " ", "call-id", "\0", "\xff"))
    .map((p) => p.join(""));
  fc.assert(fc.property(text, (t) => t.includes(callIdOf(t) ?? "")));
});
