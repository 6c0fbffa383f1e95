import { LbError } from "@tandem/model";
import { expect, test } from "vitest";
import { CONFLICT, startContestedDaemon } from "../../testing/contested-daemon.ts";
import { createFakeNode } from "../../testing/fake-node.ts";
import { runTandem, startFakeDaemon, tandem } from "../../testing/run-tandem.ts";

const WEIGHED = `Revision 43: 1 change; connections: 4,323 kept
  ~ tcp 192.0.2.10:80 -> 10.0.0.1:8080: weight 10 → 5 (4,323 connections kept)
`;

for (const words of [
  ["tcp", "192.0.2.10:80", "10.0.0.1:8080"],
  ["tcp 192.0.2.10:80", "10.0.0.1:8080"],
  ["tcp 192.0.2.10:80 -> 10.0.0.1:8080"],
  ["tcp/192.0.2.10:80", "10.0.0.1"],
  ["10.0.0.1:8080"],
  ["10.0.0.1"],
]) {
  test(`set finds a destination by ${JSON.stringify(words)}`, async () => {
    const { out } = await runTandem(await startFakeDaemon(), ["set", ...words, "weight=5"]);
    expect(out).toBe(WEIGHED);
  });
}

test("set changes several fields, fields within fields, lists and settings, and takes fields away", async () => {
  const node = createFakeNode();
  const socket = await startFakeDaemon(node);
  const set = (...words: string[]) => runTandem(socket, ["set", ...words]);
  const service = "tcp 192.0.2.10:80";
  expect((await set(service, "scheduler=wrr", "check.interval=5")).out).toContain(
    "scheduler wlc → wrr, check.interval 2 → 5",
  );
  expect((await set(service, "allow=10.0.0.0/8, 192.0.2.0/24")).out).toContain("[10.0.0.0/8, 192.0.2.0/24]");
  expect((await set(service, "persistence.timeout=60")).out).toContain("persistence none → {timeout 60}");
  expect((await set(service, "persistence=", "scheduler=")).out).toContain(
    "scheduler wrr → wlc, persistence",
  );
  expect((await set(service, "check={type: tcp}")).out).toContain("check.type http → tcp");
  expect((await set("settings", "dropEntry=auto", "timeouts.tcp.established=300")).out).toContain(
    "timeouts.tcp none → {established 300}, dropEntry off → auto",
  );
  expect((await node.document()).settings.dropEntry).toBe("auto");
});

test("set forgets what ipvsadm was asked for where it gives another method", async () => {
  const node = createFakeNode();
  const socket = await startFakeDaemon(node);
  const set = (...words: string[]) => runTandem(socket, ["set", "10.0.0.1", ...words]);
  const listedAs = async () => (await node.document()).services[0]!.destinations[0]!.listedAs;
  await set("method=local", "port=", "listedAs=masquerade");
  expect(await listedAs()).toBe("masquerade");
  expect((await set("method=direct-route")).out).toContain("listedAs masquerade → none");
  expect(await listedAs()).toBeUndefined();
});

test("set tries without changing anything", async () => {
  const { out } = await tandem("set 10.0.0.1 weight=5 --dry-run");
  expect(out).toBe(WEIGHED.replace("Revision 43", "Would change revision 42"));
});

const refusals: [line: string, says: string, exitCode: number][] = [
  [
    "set 10.0.0.1 weigth=5",
    'tcp 192.0.2.10:80 -> 10.0.0.1:8080: weigth: unknown field, did you mean "weight"?',
    1,
  ],
  ["set 10.0.0.1 weight=-1", "weight: found -1, wanted a whole number from 0 to 2147483647", 1],
  [
    "set tcp 192.0.2.10:80 address=10.0.0.2",
    'tcp 192.0.2.10:80: destinations[1].address: "10.0.0.2" is a virtual address',
    1,
  ],
  [
    "set tcp 192.0.2.10:81 scheduler=rr",
    'Cannot find service "tcp 192.0.2.10:81": there is none in the document, wanted perhaps "tcp 192.0.2.10:80"',
    1,
  ],
  ["set tcp 192.0.2.10:80 10.0.0.7:8080 weight=1", 'wanted perhaps "10.0.0.1:8080"', 1],
  ["set 203.0.113.255 weight=1", 'Cannot find destination "203.0.113.255"', 1],
  ["set 10.0.0.1 a.__proto__.x=1", "a: unknown field", 1],
  ["set mark 9 scheduler=rr", 'Cannot find service "mark 9 ipv4"', 1],
  ["set 10.0.0.1", 'the change is missing, wanted field=value, such as "weight=5"', 2],
  ["set 10.0.0.1 weight", 'the change is "weight", wanted field=value', 2],
  ["set settings services=1", "settings: services: unknown field", 1],
];
for (const [line, says, exitCode] of refusals) {
  test(`${line} is refused in words that help`, async () => {
    const socket = await startFakeDaemon();
    const ran = await runTandem(socket, line.split(" "));
    expect(ran.err).toContain(says);
    expect(ran.exitCode).toBe(exitCode);
    expect((await runTandem(socket, ["history", "-n", "1"])).out).toContain("* 42");
  });
}

test("set that comes second is told so, even if nobody can say what changed", async () => {
  const socket = await startFakeDaemon({
    apply: () => Promise.reject(new LbError({ code: "stale_revision", have: 42, current: 43 })),
    revisions: () => Promise.reject(new LbError({ code: "unavailable", what: "NATS", why: "it is away" })),
  });
  const { err, exitCode } = await runTandem(socket, ["set", "10.0.0.1", "weight=5"]);
  expect([err, exitCode]).toEqual([
    "error: Cannot change the document: it is at revision 43, wanted 42\n",
    1,
  ]);
});

test("set that comes second is told what changed, and changes nothing", async () => {
  const { socket, node } = await startContestedDaemon();
  const { err, exitCode } = await runTandem(socket, ["set", "10.0.0.1", "weight=5"]);
  expect(err).toBe(`${CONFLICT}Nothing is lost: the same command with --dry-run says what it would change now.
error: Cannot change the document: it is at revision 43, wanted 42
`);
  expect(exitCode).toBe(1);
  expect((await node.document()).revision).toBe(43);
});

test("set of the profile brings its defaults, and without one ours, but for what has been said otherwise", async () => {
  const socket = await startFakeDaemon();
  const set = (...words: string[]) => runTandem(socket, ["set", ...words]);
  const service = "tcp 192.0.2.10:80";
  await set(service, "whenDown=reset");
  const { out } = await set("settings", "profile=lvs");
  expect(out).toContain("midStream drop → host, unmatchedReply drop → forward, profile none → lvs");
  expect(out).toContain("whenRemoved keep → drop");
  expect((await runTandem(socket, ["get", service, "whenDown"])).out).toBe("reset\n");
  expect((await set("settings", "profile=")).out).toContain("whenRemoved drop → keep");
});
