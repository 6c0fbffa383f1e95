import { LbError } from "@tandem/model/failure";
import { expect, test } from "vitest";
import { tandem } from "../testing/run-tandem.ts";
import { runCli } from "./cli.ts";
import type { Answer, AnyCommand, CommandRow, World } from "./command.ts";

const answer = (n: number, exitCode: 0 | 1 = 0): Answer => ({
  json: { n },
  text: () => `the number ${n}\n`,
  exitCode,
});

const row = (name: string, run: AnyCommand["run"]): CommandRow => ({
  name,
  summary: "for the test",
  group: "look",
  load: async () => ({ options: [], examples: [[name, "that"]], run }),
});

const commands: CommandRow[] = [
  row("one", async () => answer(1)),
  row("stream", async () =>
    (async function* () {
      yield answer(1, 1);
      yield answer(2);
    })(),
  ),
  row("worse", async () =>
    (async function* () {
      yield answer(1);
      yield answer(2, 1);
    })(),
  ),
  row("endless", async () =>
    (async function* () {
      for (;;) yield answer(1);
    })(),
  ),
  row("broken", async () =>
    (async function* () {
      yield answer(1);
      throw new LbError({ code: "unavailable", what: "the daemon", why: "it went away" });
    })(),
  ),
  {
    ...row("raw", async ({ operands, format }) => ({
      json: operands,
      text: () => `${format} ${operands}\n`,
    })),
    verbatim: true,
  },
];

/** What this command line of the table above prints. */
async function run(line: string) {
  const printed = { out: "", err: "" };
  const terminal = (to: keyof typeof printed) => ({
    isTTY: false,
    write: (text: string | Uint8Array) => void (printed[to] += text),
    drain: async () => printed.out.length < 100,
  });
  const [out, err] = [terminal("out"), terminal("err")];
  const around = { version: "0.1.0", env: {}, out, err, world: () => ({}) as World };
  const exitCode = await runCli(line.split(" "), commands, around);
  return { ...printed, exitCode };
}

const cases: { line: string; out: string; exitCode: number }[] = [
  { line: "one", out: "the number 1\n", exitCode: 0 },
  { line: "one --json", out: '{\n  "n": 1\n}\n', exitCode: 0 },
  { line: "-o json one", out: '{\n  "n": 1\n}\n', exitCode: 0 },
  { line: "one --output=yaml", out: "n: 1\n", exitCode: 0 },
  { line: "stream", out: "the number 1\nthe number 2\n", exitCode: 0 },
  { line: "stream -o json", out: '{"n":1}\n{"n":2}\n', exitCode: 0 },
  { line: "stream -o yaml", out: "---\nn: 1\n---\nn: 2\n", exitCode: 0 },
  { line: "worse --json", out: '{"n":1}\n{"n":2}\n', exitCode: 1 },
  { line: "raw -o json -L --help one", out: "text -o,json,-L,--help,one\n", exitCode: 0 },
  { line: "--json raw -n", out: '[\n  "-n"\n]\n', exitCode: 0 },
];
for (const { line, out, exitCode } of cases) {
  test(`"tandem ${line}" prints ${JSON.stringify(out)} and exits ${exitCode}`, async () =>
    expect(await run(line)).toEqual({ out, err: "", exitCode }));
}

test("a stream ends when nobody reads it any more", async () =>
  expect((await run("endless")).out).toBe("the number 1\n".repeat(8)));

test("a failure on the way is a value of the stream's format", async () => {
  const message = "Cannot reach the daemon: it went away";
  const { out, err, exitCode } = await run("broken -o json");
  expect({ err, exitCode }).toEqual({ err: `error: ${message}\n`, exitCode: 1 });
  expect(JSON.parse(out.split("\n")[1]!)).toMatchObject({
    error: { code: "unavailable", message },
  });
});

test("a format that there is not is wrong usage, and those that there are are named", async () => {
  const { err, exitCode } = await tandem("status -o xml");
  expect(exitCode).toBe(2);
  expect(err).toContain('output is "xml", wanted one of text, json, yaml');
});
