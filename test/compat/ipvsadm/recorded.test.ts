/** Command lines of the real tool, thousands of them, carried out on a node without traffic: what needs no daemon is faster without one. */
import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { createRecordedNode } from "../../../packages/cli/src/ipvsadm/testing-recording.ts";
import { judge } from "./judge.ts";
import { type Invocation, wordsOf } from "./recording.ts";

const FOLDER = `${import.meta.dirname}/recorded`;

/** The machine that they were recorded on. */
const MACHINE = {
  hosts: { "127.0.0.1": "localhost", "::1": "localhost" },
  ports: {
    ...{ "22/tcp": "ssh", "25/tcp": "smtp", "53/tcp": "domain", "53/udp": "domain", "69/udp": "tftp" },
    ...{ "80/tcp": "http", "123/udp": "ntp", "443/tcp": "https", "443/udp": "https", "8080/tcp": "http-alt" },
    ...{ "5060/tcp": "sip", "5060/udp": "sip", "20/tcp": "ftp-data", "21/tcp": "ftp" },
  },
  interfaces: { lo: 65_536, dc0: 1500, dr0: 1500 },
};

/** Carry recorded lines out, each after those before it. @returns what differs otherwise than argued */
async function failuresOf(steps: readonly Invocation[]): Promise<string[]> {
  const node = createRecordedNode(MACHINE);
  const failures: string[] = [];
  for (const step of steps) {
    const printed = await node.runWords(wordsOf(step)!, step.stdin ?? "");
    const { exitCode: rc, output: stdout, errors: stderr } = printed;
    const verdict = judge(step, { rc, stdout, stderr });
    if (verdict.result === "failed") failures.push(`${step.tag}: ${step.cmd}\n${verdict.why}`);
    if (stderr.endsWith("Nothing was restored\n")) await carryOut(step);
  }
  return failures;

  /** The tool goes on where the kernel refuses, and ends at a mistake of its own. */
  async function carryOut({ stdin = "", rc: recorded }: Invocation): Promise<void> {
    for (const line of stdin.split("\n").filter((text) => text.trim() !== "")) {
      const { exitCode } = await node.runWords(line.trim().split(/\s+/), "");
      if (exitCode !== 0 && recorded !== 0) return;
    }
  }
}

const read = (name: string): Invocation[] =>
  JSON.parse(gunzipSync(readFileSync(`${FOLDER}/${name}`)).toString("utf8"));

for (const name of readdirSync(FOLDER))
  test(`${name}: every command line prints what ipvsadm printed, or differs knowingly`, async () => {
    const steps = read(name);
    expect(steps.length).toBeGreaterThan(10);
    expect(await failuresOf(steps)).toEqual([]);
  });

test("a line that no ipvsadm has printed fails", async () => {
  const [step] = read("illegal.json.gz");
  expect(await failuresOf([{ ...step!, stderr: `${step!.stderr}.` }])).toHaveLength(1);
});
