/** Packets of real connections as `tandem capture` shows them, with the decisions taken on them: from one director, from another, and read by tcpdump. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { buildPacket, type PacketSpec } from "../../packages/engine/src/packet/testing.ts";
import { type Cluster, createCluster } from "../demo/cluster.ts";
import type { DirectorName } from "../demo/site.ts";
import { ADDRESSES, addressOf, createLab, type NodeName, type OwnLab, PORTS, until } from "../lab/index.ts";
import { echo, echoName } from "./support/echo.ts";
import { connectTcp, openTap, type Tap } from "./support/inside.ts";
import { TANDEM } from "./support/machine.ts";
import { startPair } from "./support/pair.ts";

const DEADLINE_MS = 25_000;
/** Another lab may hold the lock. */
const SETUP_DEADLINE_MS = 600_000;
vi.setConfig({ testTimeout: 60_000 });

const VIP = ADDRESSES.natVip;
const SERVICE = `tcp ${VIP}:${PORTS.tcpEcho}`;
/** Packets from there belong to no connection, and nobody answers to what comes back. */
const GHOST = "10.77.0.60";

let lab: OwnLab;
let cluster: Cluster;
let client: Tap;
let directory: string;
const macs = new Map<DirectorName, Uint8Array>();

beforeAll(async () => {
  lab = await createLab();
  directory = mkdtempSync(join(tmpdir(), "tandem-capture-"));
  cluster = createCluster(lab);
  await startPair(cluster);
  client = openTap(lab.node("client"), "eth0");
  for (const name of ["d1", "d2"] as const) {
    const own = openTap(lab.node(name), "eth0");
    macs.set(name, own.mac);
    own.close();
  }
}, SETUP_DEADLINE_MS);

afterAll(async () => {
  client?.close();
  cluster?.close();
  await lab?.down();
  rmSync(directory, { recursive: true });
});

const becomes = (what: string, holds: () => Promise<boolean> | boolean) =>
  until(holds, { deadlineMs: DEADLINE_MS, what, everyMs: 50 });

/** A line of `-o json`. */
interface Shown {
  readonly path: string;
  readonly verdict: string;
  readonly reason: string;
  readonly direction?: string;
  readonly service?: string;
  readonly destination?: string;
  readonly interface: string;
  readonly summary: string;
}

/** A capture through d1's socket that is on. */
async function capture(...args: string[]) {
  const socket = join(lab.dir, "d1", "run", "api.sock");
  const [node, program] = TANDEM;
  const child = spawn(node!, [program!, "-s", socket, "capture", ...args]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const printed = { out: "", err: "" };
  child.stdout.on("data", (bytes) => (printed.out += bytes));
  child.stderr.on("data", (bytes) => (printed.err += bytes));
  const exit = once(child, "close");
  await becomes("the capture is on", () => printed.err.includes("Capturing"));
  return {
    printed,
    shown: (): Shown[] =>
      printed.out
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    /** Its exit code, once it has ended by itself. */
    ended: async () => (await exit)[0] as number,
    async interrupt() {
      child.kill("SIGINT");
      return (await exit)[0] as number;
    },
  };
}

async function open(): Promise<Socket> {
  const socket = await connectTcp(lab.node("client"), VIP, PORTS.tcpEcho);
  onTestFinished(() => void socket.destroy());
  return socket;
}

const clientOf = ({ localAddress, localPort }: Socket) => `${localAddress}:${localPort}`;
const endpointOf = (server: string) => `${addressOf(server as NodeName, "inside")}:${PORTS.tcpEcho}`;

/** A packet from the ghost to the service, by way of a director's MAC address. */
function haunt(director: DirectorName, packet: Pick<PacketSpec, "fromPort" | "flags">): void {
  const rest = { protocol: "tcp", from: GHOST, to: VIP, toPort: PORTS.tcpEcho } as const;
  client.send(buildPacket({ ...rest, ...packet }), macs.get(director)!);
}

test("a connection's first packet is decided by the core, the others by the fast path, and all lead to its server", async () => {
  const seen = await capture("--service", SERVICE, "-o", "json");
  const socket = await open();
  const destination = endpointOf(await echoName(socket));
  await echo(socket, "hello");
  await becomes(
    "the answers are shown",
    () => seen.shown().filter((p) => p.summary.includes("[P.]")).length >= 4,
  );
  expect(await seen.interrupt()).toBe(0);
  const [first, second, ...others] = seen.shown();
  const of = { verdict: "forward", service: SERVICE, destination };
  expect(first).toMatchObject({
    ...of,
    path: "core",
    reason: "scheduled",
    direction: "to_destination",
    interface: "eth0",
  });
  const [from] = clientOf(socket).split(":");
  expect(first!.summary).toContain(`IP ${from}.${socket.localPort} > ${VIP}.${PORTS.tcpEcho}: Flags [S], `);
  expect(second).toMatchObject({
    ...of,
    path: "fast",
    reason: "forwarded",
    direction: "to_client",
    interface: "eth1",
  });
  expect(second!.summary).toContain("Flags [S.], "); // as it came in: from the server's own address
  expect(second!.summary).toContain(` ${destination.replace(/:(\d+)$/, ".$1")} > ${from}.`);
  for (const packet of others) expect(packet).toMatchObject({ ...of, path: "fast", reason: "forwarded" });
  expect(new Set(others.map((p) => p.direction))).toEqual(new Set(["to_destination", "to_client"]));
  expect(seen.printed.err).toContain(`${seen.shown().length} packets captured, 0 lost\n`);
});

test("two captures show what each wants: another client's packets are in one of them alone", async () => {
  const [mine, theirs] = [await open(), await open()];
  const narrow = await capture("--client", clientOf(mine), "-o", "json", "-c", "4");
  const wide = await capture("-o", "json");
  await echo(theirs, "theirs");
  await echo(mine, "mine");
  expect(await narrow.ended()).toBe(0);
  const port = (socket: Socket) => `.${socket.localPort}`;
  for (const { summary } of narrow.shown()) expect(summary).toContain(port(mine));
  await becomes("the wide one has both", () =>
    [mine, theirs].every((each) => wide.shown().some(({ summary }) => summary.includes(port(each)))),
  );
  expect(await wide.interrupt()).toBe(0);
  // neither the daemons' own traffic, nor VRRP's, nor health checks'
  expect(wide.shown().filter((p) => p.service === undefined && p.verdict !== "drop")).toEqual([]);
});

test("a packet that is refused is shown with its reason, and on the other director likewise", async () => {
  for (const director of ["d1", "d2"] as const) {
    const drops = ["--verdict", "drop", "--client", GHOST, "-c", "1"];
    const there = await capture(...drops, "--node", director);
    const elsewhere = await capture(...drops, "--node", director === "d1" ? "d2" : "d1");
    haunt(director, { fromPort: 4242, flags: "A" });
    expect(await there.ended()).toBe(0);
    expect(there.printed.out).toContain(`eth0 IP ${GHOST}.4242 > ${VIP}.${PORTS.tcpEcho}: Flags [.], `);
    expect(there.printed.out).toContain(
      "→ drop (mid_stream, fast path: TCP or SCTP to a service that opens nothing, without a flow)\n",
    );
    await elsewhere.interrupt();
    expect(elsewhere.printed.out).toBe("");
  }
});

test("what has nothing to do with a service is shown when all is wanted", async () => {
  const usual = await capture("-o", "json");
  const all = await capture("--reason", "not_ours", "--client", GHOST, "-o", "json", "-c", "1");
  const toDirector = { from: GHOST, to: addressOf("d1", "outside"), fromPort: 4242, toPort: 4243 };
  client.send(buildPacket({ ...toDirector, protocol: "udp" }), macs.get("d1")!);
  expect(await all.ended()).toBe(0);
  expect(all.shown()).toMatchObject([{ verdict: "pass", reason: "not_ours", path: "fast" }]);
  expect(all.shown()[0]!.summary).toContain(".4243: UDP, length 0");
  await usual.interrupt();
  expect(usual.shown().filter(({ summary }) => summary.includes(".4243"))).toEqual([]);
});

/** Lines of tcpdump in our words: it also tells options, and what ports are known for. */
const headsOf = (lines: string) =>
  lines
    .split("\n")
    .filter((line) => line.includes("IP"))
    .map((line) => line.replace(/, options \[[^\]]*\]/, "").replace(/^.*?(IP6? .*?length \d+).*$/, "$1"));

test("tcpdump reads what was written, in the words that it is shown in", async () => {
  const file = join(directory, "capture.pcapng");
  const socket = await open();
  const which = ["--client", clientOf(socket), "-c", "6"];
  const [written, shown] = [await capture(...which, "-w", file), await capture(...which, "-o", "json")];
  for (let i = 0; i < 3; i++) await echo(socket, "hello".repeat(i + 1));
  expect([await written.ended(), await shown.ended()]).toEqual([0, 0]);
  expect(written.printed).toMatchObject({
    out: "",
    err: expect.stringContaining(`6 packets written to ${file}, 0 lost`),
  });
  const read = execFileSync("tcpdump", ["-n", "-S", "-t", "-r", file], { encoding: "utf8", stdio: "pipe" });
  expect(headsOf(read)).toEqual(shown.shown().map(({ summary }) => summary));
  expect(
    readFileSync(file).includes(
      `forward to ${shown.shown().find((p) => p.direction === "to_destination")!.destination} (forwarded, fast path)`,
    ),
  ).toBe(true);
});

test("tcpdump reads a capture while it goes on, and ends it by having seen enough", async () => {
  const socket = await open();
  const path = join(lab.dir, "d1", "run", "api.sock");
  const line = `"$0" "$1" -s "$2" capture --client "$3" -w - | { tcpdump -n -l -c 2 -r -; echo over; }`;
  const shell: ChildProcess = spawn("sh", ["-c", line, ...TANDEM, path, clientOf(socket)]);
  onTestFinished(() => void shell.kill("SIGKILL"));
  const printed = { out: "", err: "" };
  shell.stdout!.on("data", (bytes) => (printed.out += bytes));
  shell.stderr!.on("data", (bytes) => (printed.err += bytes));
  const closed = once(shell, "close");
  await becomes("the capture is on", () => printed.err.includes("Capturing"));
  await echo(socket, "hello");
  await becomes("tcpdump has seen enough", () => printed.out.includes("over"));
  await echo(socket, "what is written now, nobody reads");
  await closed; // when the capture has ended, too
  expect(headsOf(printed.out)).toHaveLength(2);
  expect(printed.err).toMatch(/\d+ packets? written to the standard output, 0 lost/);
  expect(printed.err).not.toContain("error:");
});
