import { expect, test } from "vitest";
import { type Key, readKeys } from "./keys.ts";

const cases: { sent: string; keys: Key[] }[] = [
  { sent: "q", keys: ["q"] },
  { sent: "/80\r", keys: ["/", "8", "0", "enter"] },
  { sent: "\u001b[A\u001b[B", keys: ["up", "down"] },
  { sent: "\u001bOA\u001b[5~x", keys: ["up", "pageUp", "x"] },
  { sent: "\u001b", keys: ["escape"] },
  { sent: "\u001b[15~q", keys: ["q"] },
  { sent: "\u001b[1;5Cq", keys: ["q"] },
  { sent: "\u0003", keys: ["interrupt"] },
  { sent: "\u007f\b", keys: ["backspace", "backspace"] },
  { sent: "\u0001\u0002a", keys: ["a"] },
  { sent: "", keys: [] },
];
for (const { sent, keys } of cases) {
  test(`${JSON.stringify(sent)} is the keys ${keys.join(" ") || "none"}`, () =>
    expect(readKeys(sent)).toEqual(keys));
}
