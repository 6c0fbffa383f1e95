/** Real FTP through two directors, whose addresses move from one to the other in the middle of it. */
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { DocumentSpec, LbError } from "@tandem/model";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Cluster, createCluster } from "../demo/cluster.ts";
import type { Director } from "../demo/director.ts";
import { ADDRESSES, addressOf, createLab, type OwnLab, until } from "../lab/index.ts";
import { readFtp, serveFtp } from "./support/ftp.ts";
import { connectTcp } from "./support/inside.ts";
import { applyDocument } from "./support/pair.ts";

const DEADLINE_MS = 25_000;
/** Another lab may hold the lock. */
const SETUP_DEADLINE_MS = 600_000;
vi.setConfig({ testTimeout: 90_000 });

const VIP = ADDRESSES.natVip;
/** A data connection that comes to the wrong one of them has no file. */
const SERVERS = ["s1", "s2"] as const;
const FILE = "a line of text\n".repeat(20_000);
const DOCUMENT = DocumentSpec.parse({
  version: 1,
  services: [
    {
      ...{ protocol: "tcp", address: VIP, port: 21, helper: "ftp", scheduler: "rr" },
      destinations: SERVERS.map((server) => ({ address: addressOf(server, "inside") })),
    },
  ],
});

let lab: OwnLab;
let cluster: Cluster;

beforeAll(async () => {
  lab = await createLab();
  cluster = createCluster(lab);
  const { d1, d2 } = cluster.directors;
  for (const server of SERVERS)
    await serveFtp(lab, lab.node(server), addressOf(server, "inside"), { "file.txt": FILE });
  await d1.start();
  await d2.start();
  await applyDocument(d1, DOCUMENT);
}, SETUP_DEADLINE_MS);

beforeEach(() => bothAreReady());
afterAll(async () => {
  cluster?.close();
  await lab?.down();
});

const becomes = (what: string, holds: () => Promise<boolean>) =>
  until(holds, { deadlineMs: DEADLINE_MS, what, everyMs: 50 });

/** d1, which has the higher priority, has the addresses, and d2 could take over. */
const bothAreReady = () =>
  becomes("d1 is active and d2 ready", async () => {
    const views = await Promise.all(Object.values(cluster.directors).map((director) => director.view()));
    const [one, two] = views.map(({ status }) => status);
    const isHeir = one?.peers.some((peer) => peer.state === "live" && peer.role === "standby") === true;
    const isRunning = [one, two].every((s) => s?.sync === "live" && s.revision > 0);
    return isHeir && isRunning && one?.role === "active" && one.revision === two?.revision;
  });

const isActive = (director: Director) =>
  becomes(`${director.name} is active`, async () => (await director.view()).status?.role === "active");

/** Take d1 out of service, so that d2 has the addresses, or back into it. */
async function moveAddresses(): Promise<void> {
  const { d1, d2 } = cluster.directors;
  const to = (await d1.view()).status?.role === "active" ? d2 : d1;
  const move = () =>
    d1
      .ask((node) => node.switchover({ dryRun: false, force: false, author: "test" }))
      .then(() => true, isRefusal);
  await becomes("the addresses may be moved", move); // VRRP that has just begun may be in fault once more
  await isActive(to);
}

/** Returns false for a refusal. @throws whatever else it is */
function isRefusal(error: unknown): false {
  if (error instanceof LbError && error.failure.code === "refused") return false;
  throw error;
}

/** What is heard on a socket, by pieces. */
function listen(socket: Socket): { text: () => string; hears(pattern: RegExp): Promise<RegExpExecArray> } {
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk) => {
    text += chunk;
  });
  return {
    text: () => text,
    async hears(pattern) {
      await until(() => pattern.test(text), { deadlineMs: DEADLINE_MS, what: `the client hears ${pattern}` });
      const heard = pattern.exec(text)!;
      text = text.slice(heard.index + heard[0].length);
      return heard;
    },
  };
}

/** Log in by hand. */
async function logIn() {
  const socket = await connectTcp(lab.node("client"), VIP, 21);
  const { hears } = listen(socket);
  const say = (line: string) => socket.write(`${line}\r\n`);
  await hears(/^220 .*\r\n/m);
  say("USER anonymous");
  await hears(/^(331|230) .*\r\n/m);
  say("PASS test@example.org");
  await hears(/^230 .*\r\n/m);
  return { socket, say, hears };
}

/** The port that the server names to the client. */
async function askForPort({ say, hears }: Awaited<ReturnType<typeof logIn>>): Promise<number> {
  say("PASV");
  const [, address, high, low] = await hears(/^227 .*\((\d+,\d+,\d+,\d+),(\d+),(\d+)\).*\r\n/m);
  expect(address).toBe(VIP.replaceAll(".", ","));
  return Number(high) * 256 + Number(low);
}

/** Read the file over a data connection that is made when `between` is done. */
async function readFile(
  session: Awaited<ReturnType<typeof logIn>>,
  between: () => Promise<void>,
): Promise<string> {
  const port = await askForPort(session);
  await between();
  const data = await connectTcp(lab.node("client"), VIP, port);
  const { text } = listen(data);
  session.say("RETR file.txt");
  await session.hears(/^150 .*\r\n/m);
  await session.hears(/^226 .*\r\n/m);
  await until(() => data.readableEnded, { deadlineMs: DEADLINE_MS, what: "the file is whole" });
  return text();
}

test("a client connects for data to the director that took over after the server had named the port", async () => {
  const session = await logIn();
  expect(await readFile(session, moveAddresses)).toBe(FILE);
  expect(await readFile(session, async () => {})).toBe(FILE); // numbers have shifted once more
  expect(await readFile(session, moveAddresses)).toBe(FILE);
  session.socket.destroy();
});

test("one control connection reads on over three failovers, back and forth, and the death of a director", async () => {
  const session = await logIn();
  const { d1, d2 } = cluster.directors;
  const read = async (between: () => Promise<void>) => {
    expect(await readFile(session, async () => {})).toBe(FILE);
    expect(await readFile(session, between)).toBe(FILE);
  };
  await read(moveAddresses);
  await read(moveAddresses);
  await sleep(300); // longer than a frame takes
  await read(async () => {
    await sleep(300);
    await d1.kill();
    await isActive(d2);
  });
  await read(async () => {
    await d1.powerOn();
    await bothAreReady();
  });
  session.socket.destroy();
});

test("lftp reads on, over the same control connection, when the addresses move in the middle", async () => {
  const client = lab.node("client");
  const [between, go] = [`${lab.dir}/between`, `${lab.dir}/go`];
  const wait = `!touch ${between}; while [ ! -e ${go} ]; do sleep 0.05; done`;
  const reading = readFtp(client, {
    ...{ host: VIP, file: "file.txt", mode: "passive" },
    afterwards: [wait, `cat ftp://${VIP}/file.txt`],
  });
  await until(async () => (await client.exec(["test", "-e", between], { allowFailure: true })).code === 0, {
    deadlineMs: DEADLINE_MS,
    what: "the first file is read",
  });
  const { d1, d2 } = cluster.directors;
  const before = await controlPorts(d1);
  await moveAddresses();
  await client.exec(["touch", go]);
  const read = await reading;
  expect(read).toMatchObject({ code: 0, stdout: FILE + FILE });
  const after = await controlPorts(d2);
  expect(after.length).toBeGreaterThan(0);
  expect(before).toEqual(expect.arrayContaining(after)); // it has opened no other one
});

/** Clients' ends of the control connections that a director knows. */
async function controlPorts(director: Director): Promise<string[]> {
  const clients: string[] = [];
  await director.ask(async (node) => {
    for await (const { virtual, client } of node.connections({}))
      if (virtual.endsWith(":21")) clients.push(client);
  });
  return clients;
}
