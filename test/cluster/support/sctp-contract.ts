/** What forwarding methods must do with SCTP, whose ends are crafted; those of tunnels are watched at the server's door. */
import { expect, test } from "vitest";
import { buildPacket, packetProblems } from "../../../packages/engine/src/packet/testing.ts";
import { ADDRESSES, addressOf, until } from "../../lab/index.ts";
import { openTap, type Tap } from "./inside.ts";
import { countUpcalls } from "./method-contract.ts";
import { TUNNELS } from "./methods.ts";
import { DEADLINE_MS, GHOST, GHOST6, type OneDirector } from "./one-director.ts";
import { connectSctp, serveSctp } from "./sctp.ts";

type Family = 4 | 6;
const FAMILIES: readonly Family[] = [4, 6];
const GHOSTS = { 4: GHOST, 6: GHOST6 } as const;
const NAT_VIPS = { 4: ADDRESSES.natVip, 6: ADDRESSES.natVip6 } as const;
const DIRECT_VIPS = { 4: ADDRESSES.directRouteVip, 6: ADDRESSES.directRouteVip6 } as const;
const SERVER_PORT = 7002;
const FIRST_PORT = 7900;
const CLIENT_PORT = 5000;

interface Path {
  readonly name: string;
  readonly family: Family;
  readonly vip: string;
  /** Family and port of what the server gets. */
  readonly outer: Family;
  readonly toPort?: number;
  /** The server's device that it arrives at. */
  readonly device: string;
  readonly isAnswered: boolean;
  readonly fields: object;
}

const translated = (family: Family) =>
  ({
    ...{ family, vip: NAT_VIPS[family], outer: family, toPort: SERVER_PORT },
    ...{ device: "eth0", isAnswered: true },
  }) as const;

const PATHS: readonly (Path & { readonly port: number })[] = FAMILIES.flatMap((family): Path[] => [
  { name: `masquerade, IPv${family}`, ...translated(family), fields: { method: "masquerade" } },
  {
    ...{ name: `full NAT, IPv${family}`, ...translated(family) },
    fields: { method: "full-nat", sourceAddresses: [addressOf("d1", "inside", family)] },
  },
  {
    ...{ name: `direct route, IPv${family}`, family, vip: DIRECT_VIPS[family], outer: family },
    ...{ device: "eth1", isAnswered: true, fields: { method: "direct-route" } },
  },
  ...TUNNELS.flatMap(({ name, tunnel }) =>
    FAMILIES.map((outer) => ({
      ...{ name: `${name}, IPv${family} over IPv${outer}`, family, vip: DIRECT_VIPS[family], outer },
      ...{ device: "eth0", isAnswered: false, fields: { method: "tunnel", tunnel } },
    })),
  ),
]).map((path, i) => ({ ...path, port: FIRST_PORT + i }));

type AnyPath = (typeof PATHS)[number];

/** One service for each path; all lead to s1. */
export const SCTP_SERVICES: readonly object[] = PATHS.map(
  ({ vip: address, port, toPort, device, outer, fields }) => {
    const to = addressOf("s1", device === "eth0" ? "inside" : "outside", outer);
    const destinations = [toPort ? { address: to, port: toPort } : { address: to }];
    return { protocol: "sctp", address, port, ...fields, destinations };
  },
);

/** Test SCTP with a director that has these services. */
export function testSctp(site: () => OneDirector): void {
  for (const path of PATHS) {
    if (path.isAnswered)
      test(`SCTP by ${path.name}: an association is set up, carries messages, and ends`, () =>
        associate(site(), path));
    else
      test(`SCTP by ${path.name}: packets arrive whole, and right inside and outside`, () =>
        watch(site(), path));
  }
}

async function associate(site: OneDirector, path: AnyPath): Promise<void> {
  const { lab, client, d1Mac } = site;
  const gateway = openTap(lab.node("d1"), "eth1");
  gateway.close();
  const via = path.toPort ? gateway.mac : client.mac;
  const place = { node: lab.node("s1"), device: path.device, family: path.family };
  const server = await serveSctp({ ...place, via }, path.toPort ?? path.port, "s1");
  const association = await connectSctp(
    { node: lab.node("client"), device: "eth0", family: path.family, via: d1Mac },
    { from: GHOSTS[path.family], fromPort: CLIENT_PORT, to: path.vip, toPort: path.port },
  );
  const before = await countUpcalls(site);
  for (const text of ["hello", "odd"]) expect(await association.ask(text)).toBe(`s1 ${text}`);
  expect(await countUpcalls(site)).toEqual(before);
  await association.shutdown();
  association.close();
  server.close();
  const services = await site.d1.api((node) => node.services());
  const { traffic } = services.find((s) => s.protocol === "sctp" && s.port === path.port)!;
  expect(traffic.connections).toBe(1);
}

/** The first packet is the core's to inject, the second the fast path's. */
async function watch(site: OneDirector, path: AnyPath): Promise<void> {
  const tap = openTap(site.lab.node("s1"), path.device, path.outer);
  const to = { to: path.vip, toPort: path.port };
  const packets = (["init", "cookieEcho"] as const).map((chunk) =>
    buildPacket({
      protocol: "sctp",
      from: GHOSTS[path.family],
      fromPort: CLIENT_PORT,
      ...to,
      chunks: [chunk],
      payload: "odd",
    }),
  );
  for (const packet of packets) {
    site.client.send(packet, site.d1Mac);
    const found = await arrival(tap, packet);
    expect(packetProblems(found)).toEqual([]);
    expect(found.length).toBeGreaterThan(packet.length);
  }
  tap.close();
}

/** What arrives with all that follows the packet's IP header at its end. */
async function arrival(tap: Tap, packet: Uint8Array): Promise<Uint8Array> {
  const body = Buffer.from(packet.subarray(packet[0]! >>> 4 === 4 ? 20 : 40));
  const isAround = (outer: Uint8Array) => body.equals(outer.subarray(-body.length));
  return until(() => tap.received().find(isAround), {
    deadlineMs: DEADLINE_MS,
    what: "the packet arrives at the server, its end untouched",
    everyMs: 2,
  });
}
