import { readFileSync } from "node:fs";
import { join } from "node:path";
import protobuf from "protobufjs";
import { expect, test } from "vitest";
import { PROTO_DIR } from "./definition.ts";
import { METHOD_TRAITS, type MethodName } from "./method-traits.ts";
import { referenceLines } from "./reference.ts";

const proto = readFileSync(join(PROTO_DIR, "tandem/v1/node.proto"), "utf8");
const { root } = protobuf.parse(proto, { keepCase: true, alternateCommentMode: true });
const types = (root.lookup("tandem.v1") as protobuf.Namespace).nestedArray;

test("docs/api.md ends with the reference as the proto has it: else run write-reference.ts", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../../docs/api.md"), "utf8");
  expect(page.slice(page.indexOf("\n## Methods\n") + 1).split("\n")).toEqual([...referenceLines(proto), ""]);
});

test("every method says what it does, and the role that it takes", () => {
  for (const { name, comment } of root.lookupService("tandem.v1.Node").methodsArray) {
    const [, said] = /Role: (\w+)/.exec(comment ?? "") ?? [];
    expect([name, said]).toEqual([name, METHOD_TRAITS[name as MethodName].role]);
  }
});

test("every field and every value of an enumeration says what it means", () => {
  const silent = types.flatMap((type) => {
    if (type instanceof protobuf.Enum)
      return Object.keys(type.values).filter((value) => !type.comments[value]);
    if (!(type instanceof protobuf.Type)) return [];
    return type.fieldsArray.filter((field) => !field.comment).map((field) => `${type.name}.${field.name}`);
  });
  expect(silent).toEqual([]);
});

test("every number has its range", () => {
  const numbers = types.flatMap((type) => (type instanceof protobuf.Type ? type.fieldsArray : []));
  const unbounded = numbers
    .filter(({ type, comment }) => /^(u?int|double)/.test(type) && !/\d/.test(comment ?? ""))
    .map((field) => field.fullName);
  expect(unbounded).toEqual([]);
});

test("the reference shows lists, maps, optional fields, streams, and text that is no Markdown", () => {
  const lines = referenceLines(`syntax = "proto3";
package tandem.v1;
service S {
  // Does it. Role: view.
  rpc Do(A) returns (stream A);
}
// A thing.
message A {
  // One | two
  // <three>.
  repeated A list = 1;
  optional uint32 number = 2;
  map<string, E> by_name = 3;
}
message Nothing {} enum E {
  // Zero.
  ZERO = 0;
}`);
  expect(lines).toContain("| `Do` | [A](#a) | stream of [A](#a) | Does it. Role: view. |");
  expect(lines).toContain("| `list` | 1 | list of [A](#a) | One \\| two &lt;three>. |");
  expect(lines).toContain("| `number` | 2 | uint32, optional |  |");
  expect(lines).toContain("| `by_name` | 3 | map of string to [E](#e) |  |");
  expect(lines).toContain("Empty.");
  expect(lines).toContain("| `ZERO` | 0 | Zero. |");
});
