import { stripVTControlCharacters } from "node:util";
import { DocumentSpec, EMPTY_DOCUMENT, reviseDocument } from "@tandem/model";
import { expect, test } from "vitest";
import { emptyMachine, runTandem, startFakeDaemon } from "../../testing/run-tandem.ts";
import type { World } from "../command.ts";
import type { Finding, Probe, Verdict } from "../doctor/probe.ts";
import { createPaint } from "../format.ts";
import { examine, formatFindings } from "./doctor.ts";

const finding =
  (verdict: Verdict): Probe =>
  () => [
    verdict === "ok" ? { check: "c", verdict, found: "f" } : { check: "c", verdict, found: "f", fix: "x" },
  ];

const world = {
  machine: async () => emptyMachine,
  connect: () => Promise.reject(new Error("no daemon")),
} as unknown as World;

const cases: { verdicts: Verdict[]; exitCode: number }[] = [
  { verdicts: ["ok"], exitCode: 0 },
  { verdicts: ["ok", "warn"], exitCode: 0 },
  { verdicts: ["warn", "fail", "ok"], exitCode: 2 },
];
for (const { verdicts, exitCode } of cases) {
  test(`doctor exits ${exitCode} when it found ${verdicts.join(", ")}`, async () => {
    expect((await examine(verdicts.map(finding), {}, world)).exitCode).toBe(exitCode);
  });
}

/** What a daemon with these services answers. */
const running = (services: object[]) => async () =>
  reviseDocument(EMPTY_DOCUMENT, DocumentSpec.parse({ version: 1, services }));

test("doctor asks about the daemon's addresses and the document's", async () => {
  const socket = await startFakeDaemon({
    document: running(
      ["192.0.2.10", "192.0.2.11"].map((address) => ({ protocol: "tcp", address, port: 80 })),
    ),
  });
  const document = "version: 1\nservices: [{protocol: tcp, address: 192.0.2.12, port: 80}]";
  const ruleset = JSON.stringify({
    nftables: ["192.0.2.10", "192.0.2.11", "192.0.2.12", "192.0.2.13"].map((address, handle) => ({
      rule: { family: "ip", table: "t", chain: "c", handle, expr: [address] },
    })),
  });
  const machine = {
    ...emptyMachine,
    run: (program: string, ...args: string[]) =>
      program === "nft" && args[0] === "-j" ? { status: 0, output: ruleset } : undefined,
  };
  const { out } = await runTandem(socket, ["doctor", "--document", "d"], { files: { d: document }, machine });
  expect(out.match(/handle \d/g)).toEqual(["handle 0", "handle 1", "handle 2"]);
});

test("doctor refuses a configuration that was named and is not there", async () => {
  const { err, exitCode } = await runTandem("/nowhere.sock", ["doctor", "--config", "/nope.yaml"]);
  expect({ err, exitCode }).toEqual({ err: 'error: Cannot find file "/nope.yaml"\n', exitCode: 1 });
});

test("doctor knows the tunnels of the daemon and of the document", async () => {
  const socket = await startFakeDaemon({
    document: running([
      {
        mark: 9,
        method: "tunnel",
        tunnel: { type: "gue", port: 6080 },
        destinations: [{ address: "10.0.0.9" }],
      },
    ]),
  });
  const document =
    "version: 1\nservices: [{mark: 7, method: tunnel, destinations: [{address: '2001:db8::9'}, {address: 10.0.0.9, method: local}]}]";
  const machine = { ...emptyMachine, pathMtu: () => 1500 };
  const { out } = await runTandem(socket, ["doctor"], { machine });
  expect(out).toContain("room for packets of 1468: gue takes 32 ");
  const both = await runTandem(socket, ["doctor", "--document", "d"], { files: { d: document }, machine });
  expect(both.out).toContain("room for packets of 1460: ipip takes 40 ");
});

test("doctor knows the marks that no rule gives, of the daemon and of the document", async () => {
  const socket = await startFakeDaemon({ document: running([{ mark: 9 }]) });
  const document = "version: 1\nmarks: [{mark: 7}]\nservices: [{mark: 7}, {mark: 8}]";
  const { out } = await runTandem(socket, ["doctor", "--document", "d"], { files: { d: document } });
  expect(out).toContain("no rule gives 8, 9;");
});

const findings: Finding[] = [
  { check: "Linux", verdict: "ok", found: "6.1.0" },
  { check: "a", verdict: "warn", found: "odd", fix: "mend both" },
  { check: "b", verdict: "warn", found: "odd", fix: "mend both" },
];
test("the report says each remedy once, and sums up", () => {
  expect(formatFindings(findings, createPaint(false))).toBe(`      CHECK  FOUND
ok    Linux  6.1.0
warn  a      odd
warn  b      odd

What to do:
  warn  a: mend both

Tandem can run here; 2 warnings
`);
  const worse = [...findings, { check: "c", verdict: "fail", found: "nothing", fix: "install" } as const];
  expect(formatFindings(worse, createPaint(false))).toMatch(
    /\nTandem cannot run here: 1 thing missing or wrong\n$/,
  );
  expect(formatFindings(findings.slice(0, 1), createPaint(false))).toMatch(/\n\nTandem can run here\n$/);
});

test("the report fits a narrow terminal: what is long goes on below where it began", () => {
  const words = "one two three four five six seven eight nine ten";
  const narrow: Finding[] = [{ check: "net.ipv4.conf", verdict: "warn", found: words, fix: words }];
  expect(formatFindings(narrow, createPaint(false, 40))).toBe(`      CHECK          FOUND
warn  net.ipv4.conf  one two three four
                     five six seven
                     eight nine ten

What to do:
  warn  net.ipv4.conf: one two three
        four five six seven eight nine
        ten

Tandem can run here; 1 warning
`);
  const painted = formatFindings(narrow, createPaint(true, 40)).split("\n");
  expect(painted.every((line) => stripVTControlCharacters(line).length <= 40)).toBe(true);
});
