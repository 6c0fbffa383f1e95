/** Two directors and NATS between them: whatever happened to one, the tables agree afterwards, and strangers change nothing. */
import { randomBytes } from "node:crypto";
import type { Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import type { ConnectionStatus, NodeStatus } from "@tandem/engine";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Cluster, createCluster } from "../demo/cluster.ts";
import { createDirector, type Director } from "../demo/director.ts";
import { DIRECTORS } from "../demo/site.ts";
import { ADDRESSES, addressOf, createLab, nodesOf, type OwnLab, PORTS, until } from "../lab/index.ts";
import { echo } from "./support/echo.ts";
import { connectTcp, connectUdp } from "./support/inside.ts";
import { applyDocument } from "./support/pair.ts";

const DEADLINE_MS = 25_000;
/** Another lab may hold the lock. */
const SETUP_DEADLINE_MS = 600_000;
vi.setConfig({ testTimeout: 60_000 });

const NATS = nodesOf("nats").map((n) => `${addressOf(n, "management")}:${PORTS.nats}`);

let lab: OwnLab;
let cluster: Cluster;
let d1: Director;
let d2: Director;
const sockets: Socket[] = [];
const udpSockets: UdpSocket[] = [];

beforeAll(async () => {
  lab = await createLab();
  cluster = createCluster(lab);
  ({ d1, d2 } = cluster.directors);
  await d1.start();
  await becomes("d1 answers", async () => (await d1.view()).status !== undefined);
  await applyDocument(d1);
  await becomes("d1 is active, alone", statusOf(d1, { role: "active", sync: "alone", nats: "connected" }));
}, SETUP_DEADLINE_MS);

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  for (const socket of udpSockets) socket.close();
  d2?.close();
  cluster?.close();
  await lab?.down();
});

const becomes = (what: string, holds: () => Promise<boolean>) =>
  until(holds, { deadlineMs: DEADLINE_MS, what, everyMs: 50 });

const statusOf = (director: Director, want: Partial<NodeStatus>) => async () => {
  const { status } = await director.view();
  return (
    status !== undefined &&
    Object.entries(want).every(([key, value]) => status[key as keyof NodeStatus] === value)
  );
};

/** Open so many TCP connections and UDP flows, over NAT and direct route; each has had an answer. */
async function openSome(count: number): Promise<void> {
  const client = lab.node("client");
  for (let i = 0; i < count; i++) {
    const vip = i % 2 === 0 ? ADDRESSES.natVip : ADDRESSES.directRouteVip;
    const tcp = await connectTcp(client, vip, PORTS.tcpEcho);
    sockets.push(tcp);
    await echo(tcp, "hello");
    const udp = await connectUdp(client, ADDRESSES.natVip, PORTS.udpEcho);
    for (const text of ["one", "two"]) {
      udp.send(text);
      await once(udp, "message");
    }
    udpSockets.push(udp); // kept, or its port would be another's
  }
}

/** A director's table but for what each counts for itself, one line per connection. */
async function tableOf(director: Director): Promise<string[]> {
  const rows: ConnectionStatus[] = [];
  await director.ask(async (node) => {
    for await (const row of node.connections({})) rows.push(row);
  });
  return rows
    .map((c) => [c.protocol, c.state, c.client, c.virtual, c.destination, c.method, c.owner].join(" "))
    .sort();
}

/** What must be in the tables: all that is open. */
const clients = (): string[] => [
  ...sockets.map((socket) => `tcp ${socket.localAddress}:${socket.localPort}`),
  ...udpSockets.map((socket) => `udp ${socket.address().address}:${socket.address().port}`),
];

/** Wait until both tables are the same, and have all that is open. */
async function tablesAgree(): Promise<void> {
  let tables: string[][] = [];
  const missing = () => {
    const there = new Set(tables[0]!.map((row) => row.split(" ", 3).toSpliced(1, 1).join(" ")));
    return clients().filter((client) => !there.has(client));
  };
  const agree = async () => {
    tables = await Promise.all([tableOf(d1), tableOf(d2)]);
    return missing().length === 0 && String(tables[0]) === String(tables[1]);
  };
  await becomes("both tables agree", agree).catch(() => {});
  expect(tables[1]).toEqual(tables[0]);
  expect(missing()).toEqual([]);
}

/** Both follow each other's stream, hear NATS and run one revision. */
const bothLive = () =>
  becomes("both are live", async () => {
    const views = await Promise.all([d1.view(), d2.view()]);
    const [one, two] = views.map(({ status }) => status);
    const areLive = [one, two].every((s) => s?.sync === "live" && s.nats === "connected");
    return areLive && one?.revision === two?.revision;
  });

test("a standby that joins late gets the whole table, not just what changes afterwards", async () => {
  await openSome(20);
  await d2.start();
  await bothLive();
  await tablesAgree();
  expect((await d2.view()).status).toMatchObject({ role: "standby" });
  await openSome(5);
  await tablesAgree();
});

test("a standby that NATS was cut off from catches up with what was opened and closed meanwhile", async () => {
  await lab.partition(["d2"], nodesOf("nats"));
  await becomes("d2 sees that NATS is away", statusOf(d2, { nats: "disconnected" }));
  for (const socket of sockets.splice(0, 10)) socket.resetAndDestroy();
  await openSome(10);
  expect(await tableOf(d2)).not.toEqual(await tableOf(d1));
  await lab.healPartitions();
  await bothLive();
  await tablesAgree();
});

test("all NATS servers are restarted: traffic goes on, and the tables agree afterwards", async () => {
  await Promise.all(nodesOf("nats").map((name) => lab.killAll(name)));
  await becomes("both see that NATS is away", async () => {
    const all = await Promise.all(
      DIRECTORS.map((name) => statusOf(cluster.directors[name], { nats: "disconnected" })()),
    );
    return all.every(Boolean);
  });
  for (const socket of sockets) await echo(socket, "hello");
  await openSome(5);
  await Promise.all(nodesOf("nats").map((name) => lab.start(name)));
  await bothLive();
  await tablesAgree();
});

/** What is under the key `head` of the configuration's bucket, after putting a value there, if any. */
async function head(value?: string): Promise<string> {
  const script = `import { connect } from "@nats-io/transport-node"; import { Kvm } from "@nats-io/kv";
    const connection = await connect({ servers: ${JSON.stringify(NATS)} });
    const bucket = await new Kvm(connection).open("tandem-demo-config");
    const before = (await bucket.get("head")).string();
    const value = process.argv[1]; if (value) await bucket.put("head", value);
    console.log(JSON.stringify(before)); await connection.close();`;
  const argv = [process.execPath, "--input-type=module", "-e", script, ...(value ? [value] : [])];
  return JSON.parse((await lab.node("d1").exec(argv)).stdout);
}

test("a configuration head that nobody of the cluster signed is refused by all, loudly, and what runs goes on", async () => {
  const good = await until(() => head().catch(() => undefined), {
    deadlineMs: DEADLINE_MS,
    what: "the store answers",
  });
  const { status } = await d1.view();
  const [signature, line] = good.split("\n") as [string, string];
  const forged = `${signature}\n${JSON.stringify({ ...JSON.parse(line), revision: 99, author: "somebody else" })}`;
  await head(forged);
  const refused = (director: Director) => async () =>
    (await director.view()).status?.alarms.some((alarm) => /store is refused: .*not signed/.test(alarm)) ===
    true;
  await becomes("d1 refuses it", refused(d1));
  await becomes("d2 refuses it", refused(d2));
  for (const director of [d1, d2]) expect((await director.view()).status?.revision).toBe(status?.revision);
  for (const socket of sockets) await echo(socket, "hello");
  await head(good);
  await becomes("the alarm ends", async () => !(await refused(d1)()) && !(await refused(d2)()));
});

/** What a director's metrics say under this name, by label. */
async function metric(director: Director, name: string): Promise<Record<string, number>> {
  const script = "console.log(await (await fetch('http://127.0.0.1:9110/metrics')).text())";
  const argv = [process.execPath, "--input-type=module", "-e", script];
  const { stdout } = await lab.node(director.name).exec(argv);
  const rows = [...stdout.matchAll(new RegExp(`^${name}{(\\w+)="([^"]*)"} (\\S+)$`, "gm"))];
  return Object.fromEntries(rows.map(([, , label, value]) => [label!, Number(value)]));
}

/** Replicates under a name of its own, with a key of its own, for a second. */
const STRANGER = `
  import { randomBytes } from "node:crypto";
  import { createAesGcmSeal, createNatsTransport, createReplicator } from "@tandem/sync";
  const transport = createNatsTransport({ servers: JSON.parse(process.argv[1]), name: "stranger" });
  await transport.connection();
  const seal = createAesGcmSeal(new Map([[0, randomBytes(32)]]), 0);
  const replicator = createReplicator({
    ...{ cluster: "demo", node: "d3", seal, transport, table: { send() {} }, isTableKept: false },
  });
  setTimeout(() => {
    console.log(JSON.stringify(replicator.status().counts.refused));
    process.exit(0);
  }, 1000);
`;

test("frames of a node with another cluster key are counted, and change nothing; it makes nothing of ours either", async () => {
  const refused = async () => (await metric(d1, "tandem_sync_refused_frames_total")).forged!;
  const before = await refused();
  const argv = [process.execPath, "--input-type=module", "-e", STRANGER, JSON.stringify(NATS)];
  const heard = JSON.parse((await lab.node("d2").exec(argv)).stdout) as Record<string, number>;
  expect(heard.forged).toBeGreaterThan(0);
  expect(await refused()).toBeGreaterThan(before);
  expect((await d1.view()).status?.peers.map((peer) => peer.node)).toEqual(["d2"]);
  await tablesAgree();
});

test("a director that is started with another cluster key takes no part, and says why", async () => {
  const keyFile = join(lab.dir, "other.key");
  writeFileSync(keyFile, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600 });
  await d2.killDaemon();
  const stranger = createDirector({ lab, name: "d2", keyFile, onDeath: () => {} });
  await stranger.start();
  await becomes("d2 says why", async () => {
    const alarms = (await stranger.view()).status?.alarms ?? [];
    return alarms.some((alarm) => /store is refused: .*not signed/.test(alarm));
  });
  await becomes("d1 misses d2", async () => (await d1.view()).status?.peers[0]?.state === "lost");
  expect((await d1.view()).status?.role).toBe("active");
  const { status } = await stranger.view();
  expect(status).toMatchObject({ role: "fault", sync: "joining", nats: "connected", revision: 0 });
  for (const socket of sockets) await echo(socket, "hello");
  await stranger.killDaemon();
  stranger.close();
});

test("the right key brings it back", async () => {
  // the configuration file was the stranger's
  const keyFile = join(lab.dir, "cluster.key");
  const again = createDirector({ lab, name: "d2", keyFile, onDeath: () => {} });
  await again.start();
  d2 = again;
  await bothLive();
  await tablesAgree();
  for (const socket of sockets) await echo(socket, "hello");
});
