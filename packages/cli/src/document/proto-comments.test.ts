import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { documentJsonSchema } from "./load-document.ts";
import { withComments } from "./proto-comments.ts";

const PROTO = join(import.meta.dirname, "../../../engine/proto/tandem/v1/node.proto");

test("the API's proto says of the document's fields what their schema says: else run write-proto-comments.ts", () => {
  const proto = readFileSync(PROTO, "utf8");
  expect(withComments(proto, documentJsonSchema())).toBe(proto);
});

test("comments replace those that stood there, and leave what the schema does not have", () => {
  const proto = `message Tunnel {
  // Old,
  // and long.
  optional string type = 1;
  // Its own.
  uint32 id = 2;
  optional uint32 the_port = 3;
  string kind = 4;
}
message Other {
  string type = 1;
}`;
  const tunnel = {
    properties: {
      type: { type: ["number", "string"], description: "Which.", enum: ["a", "b"], default: "a" },
      kind: { const: "x", description: "An x." },
      thePort: { description: "A port.", minimum: 1, maximum: 9 },
    },
    required: ["thePort"],
  };
  const schema = { properties: { services: { items: { properties: { tunnel } } } } };
  expect(withComments(proto, schema)).toBe(`message Tunnel {
  // Which. One of "a", "b"; "a" if absent.
  optional string type = 1;
  // Its own.
  uint32 id = 2;
  // A port. 1 to 9.
  optional uint32 the_port = 3;
  // "x": An x.
  string kind = 4;
}
message Other {
  string type = 1;
}`);
});
