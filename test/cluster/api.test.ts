/** The API over the network as its operators have it: certificates by `tandem certs`, callers from another machine, an audit, a renewal. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DestinationStatus, ServiceStatus } from "@tandem/engine";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import {
  ADDRESSES,
  addressOf,
  createLab,
  type LabProcess,
  nodesOf,
  type OwnLab,
  PORTS,
  until,
} from "../lab/index.ts";
import { createMachine, type Machine, TANDEM } from "./support/machine.ts";

const DEADLINE_MS = 20_000;
/** Another lab may hold the lock. */
const SETUP_DEADLINE_MS = 600_000;
vi.setConfig({ testTimeout: 60_000 });

const directory = mkdtempSync(join(tmpdir(), "tandem-api-"));
const certs = (name: string) => join(directory, "certs", name);
const director = addressOf("d1", "outside");
const [server] = nodesOf("server").map((s) => addressOf(s, "inside"));
const PORT = 9111;

let lab: OwnLab;
let d1: Machine;
let daemon: LabProcess;

beforeAll(async () => {
  lab = await createLab();
  d1 = await createMachine(lab.node("d1"));
  const people = ["--client", "ann=admin", "--client", "olli=operate", "--client", "vera=view"];
  await d1.tandem("certs", "--folder", join(directory, "certs"), "--director", `d1=${director}`, ...people);
  const document = join(directory, "tandem.json");
  const service = { protocol: "tcp", address: ADDRESSES.natVip, port: PORTS.tcpEcho };
  writeFileSync(
    document,
    JSON.stringify({ version: 1, services: [{ ...service, destinations: [{ address: server }] }] }),
  );
  const config = join(directory, "node.json");
  const api = {
    listen: [`${director}:${PORT}`],
    certificate: certs("director-d1.crt"),
    key: certs("director-d1.key"),
    clientCa: certs("ca.crt"),
  };
  const interfaces = [{ name: "eth0" }, { name: "eth1" }];
  writeFileSync(config, JSON.stringify({ name: "d1", interfaces, document, api }));
  daemon = await d1.spawn("daemon", [...TANDEM, "run", "--config", config]);
  await until(async () => (await by("vera", "status")).code === 0, {
    deadlineMs: DEADLINE_MS,
    what: "the API answers",
  });
}, SETUP_DEADLINE_MS);
afterAll(async () => {
  await lab?.down();
  rmSync(directory, { recursive: true });
});

/** What `tandem` says on the client's machine to somebody with a certificate. */
function by(name: string, ...args: string[]) {
  const [cert, key] = [certs(`client-${name}.crt`), certs(`client-${name}.key`)];
  const there = ["--server", `${director}:${PORT}`, "--ca", certs("ca.crt"), "--cert", cert, "--key", key];
  return lab.node("client").exec([...TANDEM, ...there, ...args], { allowFailure: true });
}

async function destination(): Promise<DestinationStatus> {
  const services = JSON.parse((await by("vera", "services", "--json")).stdout) as ServiceStatus[];
  return services[0]!.destinations[0]!;
}

interface Audited {
  readonly audit?: { readonly who: string; readonly method: string; readonly outcome: string };
}

/** What the daemon has told of changes. */
const audited = () =>
  daemon
    .log()
    .split("\n")
    .filter((line) => line.includes('"msg":"audit"'))
    .map((line) => (JSON.parse(line) as Audited).audit!);

test("from another machine each caller may do what his certificate says, and it is told who did what", async () => {
  expect((await by("vera", "drain", server!)).stderr).toContain(
    '"vera" has the role "view", wanted the role "operate"',
  );
  expect((await destination()).why).not.toContain("drain");
  expect((await by("olli", "drain", server!)).code).toBe(0);
  expect((await destination()).effectiveWeight).toBe(0);
  expect((await by("olli", "drain", server!, "--undo")).code).toBe(0);
  expect(audited()).toMatchObject([
    { who: "vera", method: "DrainDestination", outcome: "forbidden" },
    { who: "olli", role: "operate", outcome: "done", document: { before: 1, after: 2 } },
    {
      who: "olli",
      document: { before: 2, after: 3, changes: [expect.stringContaining("drain true → false")] },
    },
  ]);
});

test("without a certificate of the CA nobody is let in", async () => {
  const folder = join(directory, "strangers");
  await d1.tandem("certs", "--folder", folder, "--client", "ann=admin");
  for (const end of ["crt", "key"])
    copyFileSync(join(folder, `client-ann.${end}`), certs(`client-mallory.${end}`));
  expect((await by("mallory", "status")).stderr).toContain(
    "it hung up; your certificate may be over, or of a CA",
  );
});

test("a renewed certificate is taken up while the daemon runs", async () => {
  const folder = join(directory, "renewed");
  for (const end of ["crt", "key"]) {
    await d1.exec(["install", "-D", "-m", "600", certs(`ca.${end}`), join(folder, `ca.${end}`)]);
  }
  await d1.tandem("certs", "--folder", folder, "--director", `d1=${director}`, "--days", "20");
  for (const end of ["crt", "key"])
    copyFileSync(join(folder, `director-d1.${end}`), certs(`director-d1.${end}`));
  const takenUp = () => daemon.log().split("the API has a certificate").length - 1;
  await until(() => takenUp() === 2, { deadlineMs: DEADLINE_MS, what: "it is taken up" });
  expect((await by("ann", "status")).code).toBe(0);
});
