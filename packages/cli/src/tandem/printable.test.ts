import { expect, test } from "vitest";
import { printable } from "./printable.ts";

test("what a terminal would obey is shown instead, and nothing else is touched", () => {
  expect(printable("\u001b[2J\u0007\u202e\r\u009b")).toBe("\\u001b[2J\\u0007\\u202e\\u000d\\u009b");
  expect(printable("a\tb\nä → 日本 😀")).toBe("a\tb\nä → 日本 😀");
});
