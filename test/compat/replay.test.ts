import { expect, test } from "vitest";
import { type Recorded, readRecordings } from "./recordings.ts";
import { replayFile } from "./replay.ts";

const { files } = readRecordings(`${import.meta.dirname}/recordings`);

/** The first case of a file, changed. */
function changed(file: string, change: (of: never) => void): Recorded {
  const [first] = files.find((f) => f.name === file)!.cases;
  const copy = structuredClone(first!);
  change(copy.of as never);
  return copy;
}
const row = (...cases: Recorded[]) => replayFile({ name: "a file", cases })[0];

/** One change each that no kernel would have made. */
const lies: readonly (readonly [string, Recorded, string])[] = [
  [
    "another server",
    changed("sched/rr.json", (c: { steps: { chosen: number }[] }) => void c.steps[4]!.chosen++),
    "frames",
  ],
  [
    "another count",
    changed(
      "sched/rr.json",
      (c: { steps: { active_inact_before: number[][] }[] }) => void c.steps[4]!.active_inact_before[0]![0]!++,
    ),
    "counters",
  ],
  [
    "another state",
    changed("states/tcp_flows.json", (c: { steps: { conn: string }[] }) => {
      c.steps[2]!.conn = "LISTEN expires=119";
    }),
    "connection",
  ],
  [
    "another timeout",
    changed("states/tcp_flows.json", (c: { steps: { conn: string }[] }) => {
      c.steps[2]!.conn = "ESTABLISHED expires=897";
    }),
    "connection",
  ],
  [
    "another cell",
    changed("states/tcp_matrix_secure_tcp_0.json", (c: { state_after: string }) => {
      c.state_after = "SYNACK";
    }),
    "connection",
  ],
  [
    "one bit more",
    changed("behaviour/captures.json", (c: { steps: { out?: { hex: string }[] }[] }) => {
      const out = c.steps.find((s) => s.out)!.out![0]!;
      out.hex = `${out.hex.slice(0, -1)}1`;
    }),
    "frames",
  ],
];
for (const [name, recorded, what] of lies)
  test(`a recording with ${name} fails and says where`, () => {
    expect(row(recorded)).toMatchObject({
      result: "failed",
      why: expect.stringMatching(`^${what}: wanted `),
    });
  });

const unknown: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ["sysctl", { sysctl: "net.ipv4.vs.no_such", value: 1 }, 'unknown sysctl "no_such"'],
  ["command", { command: "tc qdisc show" }, 'unknown command "tc qdisc show"'],
  ["kind of step", { thunder: true }, "unknown kind of step"],
];
for (const [name, step, why] of unknown)
  test(`an unknown ${name} is a failure that names it`, () => {
    const of = { case: "a case", steps: [step] };
    expect(row({ kind: "behaviour", of })).toMatchObject({ result: "failed", why });
  });

test("a command that ought to have been refused, and one that ought not, fail", () => {
  const ran = (command: string, rc: number) =>
    row({ kind: "behaviour", of: { case: "a case", steps: [{ command, rc }] } });
  expect(ran("ipvsadm -D -t 10.0.0.100:80", 255)).toMatchObject({ result: "passed" });
  expect(ran("ipvsadm -D -t 10.0.0.100:80", 0)).toMatchObject({ result: "failed" });
  expect(ran("ipvsadm -A -t 10.0.0.100:80", 255)).toMatchObject({ result: "failed" });
});
