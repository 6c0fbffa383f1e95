import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CapturedPackets, CaptureFilter, NodeApi } from "@tandem/engine";
import type { NodeStatus, PeerStatus, Role } from "@tandem/engine/client";
import { LbError } from "@tandem/model";
import { expect, test } from "vitest";
import { fakeDrop, fakePacket } from "../../testing/fake-capture.ts";
import { healthyStatus } from "../../testing/fake-status.ts";
import { createFolder, runTandem, type Setting, startFakeDaemon } from "../../testing/run-tandem.ts";

const ON: CapturedPackets = { packets: [], lost: 0 };
const SEEN: CapturedPackets[] = [ON, { packets: [fakePacket], lost: 0 }, { packets: [fakeDrop], lost: 2 }];

/** A command line, over a node that sees these. */
async function capture(
  args: readonly string[],
  seen: readonly CapturedPackets[] = SEEN,
  ...[setting, more]: [setting?: Setting, more?: Partial<NodeApi>]
) {
  const asked: CaptureFilter[] = [];
  const node: Partial<NodeApi> = {
    async *capture(filter) {
      asked.push(filter);
      yield* seen;
    },
    ...more,
  };
  const ran = await runTandem(await startFakeDaemon(node), ["capture", ...args], setting);
  return { ...ran, asked };
}

const LINE =
  "04:00:00.000250 eth0 IP 198.51.100.7.40112 > 192.0.2.10.80: Flags [S], seq 1, win 64240, length 0  → forward to 10.0.0.1:8080 (scheduled, core)\n";
const HOLE = "… 2 packets lost: more came than could be shown\n";

test("capture shows packets with their decisions as they come, where some are missing, and how many there were", async () => {
  const { out, err, exitCode } = await capture([]);
  expect(out.startsWith(`${LINE}${HOLE}04:00:00.001750 eth1 IP `)).toBe(true);
  expect(out).toContain(
    "→ drop (mid_stream, fast path: TCP or SCTP to a service that opens nothing, without a flow)",
  );
  expect([err, exitCode]).toEqual(["Capturing packets: Ctrl-C ends it\n2 packets captured, 2 lost\n", 0]);
});

/** An active node's standby. */
const standby = { ...healthyStatus, node: "lb2", role: "standby" as const };
const peersOf = (role: Role, state: PeerStatus["state"] = "live") =>
  healthyStatus.peers.map((peer) => ({ ...peer, node: "lb1", role, state }));
const HINT = "lb2 is standby: packets come to lb1, try --node lb1\n";
const hints: { when: string; is: NodeStatus; seen?: CapturedPackets[]; args?: string[]; says: string }[] = [
  { when: "on a standby", is: { ...standby, peers: peersOf("active") }, says: HINT },
  { when: "on an active node", is: healthyStatus, says: "" },
  { when: "while nobody is known to be active", is: { ...standby, peers: peersOf("fault") }, says: "" },
  { when: "while the other is lost", is: { ...standby, peers: peersOf("active", "lost") }, says: "" },
  { when: "for scripts", is: { ...standby, peers: peersOf("active") }, args: ["-o", "json"], says: "" },
];
for (const { when, is, args = [], says } of hints) {
  test(`capture that saw nothing ${when} says where packets come to: ${JSON.stringify(says)}`, async () => {
    const { err, exitCode } = await capture(args, [ON], {}, { status: async () => is });
    const all = `Capturing packets: Ctrl-C ends it\n0 packets captured, 0 lost\n${says}`;
    expect([err, exitCode]).toEqual([all, 0]);
  });
}

test("capture on a standby that sees packets needs no hint", async () => {
  const is = { ...standby, peers: peersOf("active") };
  expect((await capture([], SEEN, {}, { status: async () => is })).err).not.toContain("--node");
});

test("capture colours what is decided, on terminals", async () => {
  const { out } = await capture([], SEEN, { isTTY: true });
  expect(out).toContain("→ \u001b[32mforward\u001b[39m to");
  expect(out).toContain("→ \u001b[31mdrop\u001b[39m (");
});

test("capture -o json prints a value for each packet, and one where some are missing", async () => {
  const { out } = await capture(["-o", "json"]);
  const [first, hole, second] = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(first).toEqual({
    ...fakePacket,
    data: Buffer.from(fakePacket.data).toString("hex"),
    summary: "IP 198.51.100.7.40112 > 192.0.2.10.80: Flags [S], seq 1, win 64240, length 0",
  });
  expect([hole, second.reason]).toEqual([{ lost: 2 }, "mid_stream"]);
});

const USUAL = { reasons: [], all: false };
const asked: { args: string[]; want: Partial<CaptureFilter> }[] = [
  { args: [], want: USUAL },
  { args: ["--service", "tcp/192.0.2.10:80"], want: { service: "tcp 192.0.2.10:80" } },
  { args: ["--client", "198.51.100.7:40112", "--all"], want: { client: "198.51.100.7:40112", all: true } },
  { args: ["--destination", "10.0.0.1:8080"], want: { destination: "10.0.0.1:8080" } },
  { args: ["-c", "5", "--duration", "1m"], want: { limit: 5, durationMs: 60_000 } },
  { args: ["--duration", "0.5ms"], want: { durationMs: 1 } },
  {
    args: ["--reason", "denied,mid_stream", "--reason", "scheduled"],
    want: { reasons: ["denied", "mid_stream", "scheduled"] },
  },
  { args: ["--reason", "denied,scheduled", "--verdict", "drop"], want: { reasons: ["denied"] } },
  {
    args: ["--verdict", "pass"],
    want: { reasons: ["mid_stream_host", "unmatched_host", "left_to_host", "delivered"] },
  },
  { args: ["--verdict", "pass", "--reason", "not_ours"], want: { reasons: ["not_ours"] } },
];
for (const { args, want } of asked) {
  test(`capture ${args.join(" ")} asks for ${JSON.stringify(want)}`, async () => {
    const { asked, exitCode } = await capture(args);
    expect([asked, exitCode]).toEqual([[{ ...USUAL, ...want }], 0]);
  });
}

test("capture --verdict drop asks for every reason to drop, and --all for the rest of what passes", async () => {
  const reasonsOf = async (...args: string[]) => (await capture(args)).asked[0]!.reasons;
  expect(await reasonsOf("--verdict", "drop")).toEqual(
    expect.arrayContaining(["denied", "table_full", "refused"]),
  );
  expect(await reasonsOf("--verdict", "drop")).not.toContain("scheduled");
  expect(await reasonsOf("--verdict", "pass", "--all")).toContain("not_ours");
});

const refused: { args: string[]; says: string }[] = [
  { args: ["--service", "web"], says: 'service is "web", wanted a service such as "tcp 192.0.2.1:80"' },
  { args: ["--client", "web"], says: 'client is "web", wanted address or address:port' },
  { args: ["--destination", "web"], says: 'destination is "web", wanted address or address:port' },
  { args: ["--reason", "lost"], says: 'reason is "lost", wanted one of other_host, not_ip, ' },
  {
    args: ["--reason", "scheduled,"],
    says: 'reason is "scheduled,", wanted a word on both sides of a comma',
  },
  { args: ["--reason", "new_flow"], says: 'reason is "new_flow", wanted one of ' },
  {
    args: ["--reason", "scheduled", "--verdict", "drop"],
    says: 'reason is "scheduled", wanted with --verdict drop a reason that ends so',
  },
  { args: ["--verdict", "upcall"], says: 'verdict is "upcall", wanted one of forward, drop, pass' },
  { args: ["-w", "-", "-o", "json"], says: 'output is "json" beside --write, which writes pcapng' },
  { args: ["--all-nodes"], says: "One node answers at a time: --node NAME" },
  { args: ["-c", "0"], says: "wanted a whole number from 1" },
  { args: ["--duration", "0"], says: 'duration is "0", wanted a span of time from 1ms to 1d' },
  { args: ["--duration", "25h"], says: 'duration is "25h", wanted a span of time from 1ms to 1d' },
];
for (const { args, says } of refused) {
  test(`capture ${args.join(" ")} is refused: ${says}`, async () => {
    const { exitCode, err, asked } = await capture(args);
    expect([exitCode, asked]).toEqual([2, []]);
    expect(err).toContain(says);
    expect(err).not.toContain("captured"); // nothing was
  });
}

/** A node that sees one packet, and then nothing more until it is left. */
function quietNode() {
  const left = Promise.withResolvers<void>();
  const node: Partial<NodeApi> = {
    async *capture(_, signal) {
      yield ON;
      yield { packets: [fakePacket], lost: 0 };
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      left.resolve();
    },
  };
  return { node, left: left.promise };
}

test("a signal ends a capture, on the node as well, and it still says how many there were", async () => {
  const { node, left } = quietNode();
  const signal = Promise.withResolvers<string>();
  const isLeft = (out: string) => {
    if (out.length > 0) signal.resolve("SIGINT");
    return false;
  };
  const ran = await runTandem(await startFakeDaemon(node), ["capture"], { signal: signal.promise, isLeft });
  await left;
  expect(ran).toMatchObject({
    out: LINE,
    exitCode: 0,
    err: expect.stringContaining("1 packet captured, 0 lost\n"),
  });
});

for (const args of [["capture"], ["capture", "-w", "-"]]) {
  test(`tandem ${args.join(" ")} ends when nobody reads it any more`, async () => {
    const { node, left } = quietNode();
    const ran = await runTandem(await startFakeDaemon(node), args, { isLeft: (out) => out.length > 60 });
    await left;
    expect(ran.exitCode).toBe(0);
  });
}

test("a daemon that goes away is a failure, and what was captured until then is told", async () => {
  const node: Partial<NodeApi> = {
    async *capture() {
      yield* SEEN;
      throw new LbError({ code: "unavailable", what: "the forwarder", why: "it has ended" });
    },
  };
  const { err, exitCode } = await runTandem(await startFakeDaemon(node), ["capture"]);
  expect(exitCode).toBe(1);
  expect(err).toContain("2 packets captured, 2 lost\n");
  expect(err).toContain("Cannot reach the forwarder: it has ended");
});

test("capture -w writes pcapng, to a file or the standard output, and shows nothing", async () => {
  const path = join(await createFolder(), "capture.pcapng");
  const toFile = await capture(["-w", path]);
  expect([toFile.out, toFile.exitCode]).toEqual(["", 0]);
  expect(toFile.err).toContain(`2 packets written to ${path}, 2 lost\n`);
  const written = await readFile(path);
  expect(written.readUInt32LE(0)).toBe(0x0a0d0d0a);
  expect(written.includes("forward to 10.0.0.1:8080 (scheduled, core)")).toBe(true);
  expect(written.includes("drop (mid_stream, fast path: ")).toBe(true);
  const { out, err } = await capture(["-w", "-"]);
  expect(Buffer.from(out, "latin1")).toEqual(written);
  expect(err).toContain("2 packets written to the standard output, 2 lost\n");
});

test("capture -w leaves a file alone if the node refuses, and refuses a place that cannot be written", async () => {
  const path = join(await createFolder(), "capture.pcapng");
  expect((await capture(["-w", path, "--service", "web"])).exitCode).toBe(2);
  await expect(readFile(path)).rejects.toThrow("ENOENT");
  const { err, exitCode } = await capture(["-w", "/nowhere/x"]);
  expect([exitCode, err]).toEqual([
    1,
    expect.stringMatching(/^error: Cannot write "\/nowhere\/x": there is no such directory/),
  ]);
});

test("capture -w - writes no bytes to a terminal", async () => {
  const { out, err, exitCode } = await capture(["-w", "-"], SEEN, { isTTY: true, env: { NO_COLOR: "1" } });
  expect([out, exitCode]).toEqual(["", 1]);
  expect(err).toBe(
    "error: Cannot write packets: the output is a terminal, wanted a file, or a pipe behind `-w -`\n",
  );
});
