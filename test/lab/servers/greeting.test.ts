import { expect, test } from "vitest";
import { createGreeter } from "./greeting.ts";

const cases = [
  { name: "tells its name", input: ["name?\n"], want: "s1\n" },
  { name: "tells its name when the question comes in pieces", input: ["na", "me", "?\n"], want: "s1\n" },
  {
    name: "echoes what follows the question",
    input: ["name?\nhello\n", "again\n"],
    want: "s1\nhello\nagain\n",
  },
  { name: "answers the question only once", input: ["name?\n", "name?\n"], want: "s1\nname?\n" },
  { name: "echoes a first line that is no question", input: ["hello\nname?\n"], want: "hello\nname?\n" },
  { name: "echoes a first line that starts like the question", input: ["nam", "es\n"], want: "names\n" },
];
for (const c of cases) {
  test(`greeter ${c.name}`, () => {
    const greeter = createGreeter("s1");
    const output = c.input.map((text) => greeter.answer(Buffer.from(text)));
    expect(Buffer.concat(output).toString()).toBe(c.want);
  });
}
