/** Every command with every format: data that a script can read, and the exit code that people get. */
import type { NodeApi, NodeEvent } from "@tandem/engine";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { fakePacket } from "../testing/fake-capture.ts";
import { createFolder, runTandem, type Setting, startFakeDaemon } from "../testing/run-tandem.ts";
import { COMMANDS } from "./commands.ts";

const DOCUMENT = "version: 1\nservices: []\n";
const event: NodeEvent = {
  token: "a1-1",
  timeMs: 0,
  node: "lb1",
  kind: "alarm",
  severity: "warning",
  subject: "",
  text: "it rains",
  details: {},
};
const node: Partial<NodeApi> = {
  async *events() {
    yield event;
  },
  async *capture() {
    yield { packets: [], lost: 0 };
    yield { packets: [fakePacket], lost: 0 };
  },
};

interface Way {
  /** What is typed behind the command's name. */
  readonly words: string;
  readonly exitCode?: number;
  /** Values one after the other: a line of JSON, or a document of YAML, each. */
  readonly isStream?: boolean;
  readonly setting?: Setting;
  /** Nobody needs to be asked. */
  readonly isLocal?: boolean;
}

const files = { "d.yaml": DOCUMENT, "rules.sh": "ipvsadm -A -t 192.0.2.1:80\n" };
const local = { isLocal: true } as const;

/** Several of a command that answers in several ways. A string: why it prints in its own way, whatever the format. */
const WAYS: Record<string, readonly Way[] | string> = {
  status: [{ words: "" }],
  top: [{ words: "", exitCode: 1, ...local }],
  services: [{ words: "" }, { words: "--rates" }],
  connections: [{ words: "-n 2" }, { words: "--count" }],
  events: [{ words: "" }],
  watch: [{ words: "-c 1", isStream: true }],
  explain: [{ words: "tcp 198.51.100.7 192.0.2.10:80" }],
  capture: [{ words: "-c 1", isStream: true }],
  document: [{ words: "" }],
  apply: [{ words: "-f d.yaml" }, { words: "-f d.yaml --dry-run" }],
  get: [{ words: "" }, { words: "10.0.0.1 weight" }],
  diff: [{ words: "" }, { words: "--yaml" }],
  history: [{ words: "" }],
  edit: [{ words: "" }],
  set: [{ words: "10.0.0.1 weight=3" }],
  rollback: [{ words: "previous" }],
  ipvsadm: "the tool's own listings",
  export: [{ words: "" }],
  backup: [{ words: "" }],
  restore: [{ words: "d.yaml", exitCode: 1, ...local }],
  drain: [
    { words: "10.0.0.1" },
    { words: "10.0.0.1 --undo" },
    { words: "10.0.0.1 --deadline 0", isStream: true, exitCode: 1 },
  ],
  kill: [{ words: "--client 198.51.100.7" }],
  maintenance: [{ words: "on" }],
  switchover: [{ words: "--dry-run" }, { words: "", exitCode: 1 }],
  forget: [{ words: "lb2" }],
  run: "a daemon's log, which is JSON by itself",
  certs: [{ words: "--client eve=view --folder", ...local }],
  doctor: [{ words: "", exitCode: 2, ...local }],
  demo: "a program of its own, which is given --json",
  import: [{ words: "rules.sh", ...local }],
  schema: [{ words: "", ...local }],
  completion: [{ words: "bash", ...local }],
  __complete: "shells read it",
};

const readers = {
  json: (out: string, isStream: boolean): unknown[] =>
    isStream ? lines(out).map((line) => JSON.parse(line)) : [JSON.parse(out)],
  yaml: (out: string): unknown[] => parseAllDocuments(out).map((document) => document.toJS()),
};
const lines = (out: string): string[] => out.split("\n").filter((line) => line !== "");

async function run(name: string, { words, setting = {} }: Way, format: string, socket?: string) {
  const argv = [name, ...words.split(" ").filter(Boolean), "-o", format];
  if (name === "certs") argv.splice(argv.indexOf("--folder") + 1, 0, await createFolder());
  return runTandem(socket ?? (await startFakeDaemon(node)), argv, { files, ...setting });
}

test("the table knows every command", () =>
  expect(Object.keys(WAYS).sort()).toEqual(COMMANDS.map(({ name }) => name).sort()));

for (const [name, ways] of Object.entries(WAYS)) {
  if (typeof ways === "string") continue;
  for (const way of ways) {
    const { words, exitCode = 0, isStream = false, isLocal = false } = way;
    for (const format of ["json", "yaml"] as const) {
      test(`"tandem ${name} ${words} -o ${format}" is ${format} and exits ${exitCode}, as text does`, async () => {
        const ran = await run(name, way, format);
        const values = readers[format](ran.out, isStream);
        expect(values.length).toBeGreaterThan(0);
        if (!isStream) expect(values).toHaveLength(1);
        expect([ran.exitCode, (await run(name, way, "text")).exitCode]).toEqual([exitCode, exitCode]);
      });
    }
    if (!isLocal)
      test(`"tandem ${name} ${words} -o json" without a daemon is an error in JSON`, async () => {
        const ran = await run(name, way, "json", "/nowhere.sock");
        const failure = readers.json(ran.out, isStream).at(-1);
        expect([ran.exitCode, failure]).toEqual([
          1,
          { error: expect.objectContaining({ code: "unavailable" }) },
        ]);
      });
  }
}
