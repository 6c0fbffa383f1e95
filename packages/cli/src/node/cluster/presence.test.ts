import { expect, test } from "vitest";
import { decodePresence, encodePresence, type Presence } from "./presence.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const UNKNOWN: Presence = { role: "standby", connections: 0, maintenance: false };

test("a presence survives its way to the peers", () => {
  const presence: Presence = { role: "active", connections: 120_343, maintenance: true };
  expect(decodePresence(encodePresence(presence))).toEqual(presence);
});

const strange: [what: string, text: string, want: Presence][] = [
  ["nothing", "", UNKNOWN],
  ["no JSON", "{role", UNKNOWN],
  ["null", "null", UNKNOWN],
  ["a number", "5", UNKNOWN],
  ["a role that it does not know", '{"role":"leader","connections":4}', { ...UNKNOWN, connections: 4 }],
  ["fields of other types", '{"role":1,"connections":"4","maintenance":1}', UNKNOWN],
  ["more than it knows", '{"role":"fault","rack":7}', { ...UNKNOWN, role: "fault" }],
];
for (const [what, text, want] of strange) {
  test(`of a presence with ${what}, the rest is filled with what says least`, () =>
    expect(decodePresence(bytesOf(text))).toEqual(want));
}

test("a presence of any bytes is read without an error", () => {
  for (let first = 0; first < 256; first++)
    expect(decodePresence(Uint8Array.of(first, 0xff))).toEqual(UNKNOWN);
});
