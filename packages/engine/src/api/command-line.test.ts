import { Metadata } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { COMMAND_KEY, commandLine, commandOf } from "./command-line.ts";

test("words that a shell would take apart stand in quotes", () =>
  expect(commandLine(["tandem", "set", "10.0.0.1", "weight=5", "it's", "a b", ""])).toBe(
    "tandem set 10.0.0.1 weight=5 'it'\\''s' 'a b' ''",
  ));

/** What is told of a call that says so. */
function told(command: string) {
  const metadata = new Metadata();
  metadata.set(COMMAND_KEY, Buffer.from(command));
  return commandOf(metadata);
}

test("what a program says that was typed is one line of at most 500 characters, or nothing", () => {
  expect(told("tandem\n\tset\u001b[31m")).toBe("tandem set\ufffd[31m");
  expect(told("x".repeat(600))).toBe("x".repeat(500));
  expect(told("")).toBeUndefined();
  expect(commandOf(new Metadata())).toBeUndefined();
});
