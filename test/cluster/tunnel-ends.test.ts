/** The lab's tunnel ends take what docs/tunnels.md draws, so that tests of tunnels may believe them. */
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checksumOf, sumWords } from "../../packages/engine/src/packet/checksum.ts";
import { buildIp, buildPacket } from "../../packages/engine/src/packet/testing.ts";
import { ADDRESSES, addressOf, createLab, LabError, type OwnLab, PORTS } from "../lab/index.ts";
import { connectUdp, openTap, type Tap } from "./support/inside.ts";
import { SETUP_DEADLINE_MS } from "./support/one-director.ts";

const DEADLINE_MS = 5000;
const VIPS = { 4: ADDRESSES.directRouteVip, 6: ADDRESSES.directRouteVip6 } as const;
const FAMILIES = [4, 6] as const;

let lab: OwnLab;
let client: Tap;
let server: Tap;
beforeAll(async () => {
  lab = await createLab();
  await lab.endTunnels("s1");
  client = openTap(lab.node("client"), "eth0");
  server = openTap(lab.node("s1"), "eth1");
}, SETUP_DEADLINE_MS);
afterAll(async () => {
  client?.close();
  server?.close();
  await lab?.down();
});

type Family = (typeof FAMILIES)[number];
const protocolOf = (packet: Uint8Array): number => (packet[0]! >>> 4 === 4 ? 4 : 41);
const etherTypeOf = (packet: Uint8Array): number => (packet[0]! >>> 4 === 4 ? 0x0800 : 0x86dd);

/** To s1 from the client, both outside. */
function wrap(family: Family, protocol: number, body: Uint8Array): Uint8Array {
  const [from, to] = (["client", "s1"] as const).map((node) => addressOf(node, "outside", family));
  return buildIp({ from: from!, to: to!, protocol, body });
}

function gue(family: Family, packet: Uint8Array, noChecksum: boolean): Uint8Array {
  return buildPacket({
    protocol: "udp",
    from: addressOf("client", "outside", family),
    fromPort: 0xc001,
    to: addressOf("s1", "outside", family),
    toPort: PORTS.gue,
    payload: Buffer.from([0, protocolOf(packet), 0, 0, ...packet]),
    noChecksum,
  });
}

function gre(packet: Uint8Array): Buffer {
  const body = Buffer.from([0, 0, 0, 0, ...packet]);
  body.writeUInt16BE(etherTypeOf(packet), 2);
  return body;
}

function summedGre(packet: Uint8Array): Buffer {
  const body = Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, ...packet]);
  body.writeUInt16BE(etherTypeOf(packet), 2);
  body.writeUInt16LE(checksumOf(sumWords(body, 0, body.length)), 4);
  return body;
}

const TUNNELS: Readonly<Record<string, (family: Family, packet: Uint8Array) => Uint8Array>> = {
  ipip: (family, packet) => wrap(family, protocolOf(packet), packet),
  gre: (family, packet) => wrap(family, 47, gre(packet)),
  "gre with a checksum": (family, packet) => wrap(family, 47, summedGre(packet)),
  gue: (family, packet) => gue(family, packet, true),
  "gue with a checksum": (family, packet) => gue(family, packet, false),
};

for (const [name, tunnel] of Object.entries(TUNNELS)) {
  for (const outer of FAMILIES) {
    for (const inner of FAMILIES) {
      test(`IPv${inner} in ${name} over IPv${outer} reaches the server, which answers by itself`, async () => {
        const socket = await connectUdp(lab.node("client"), VIPS[inner], PORTS.udpEcho);
        const packet = buildPacket({
          protocol: "udp",
          from: addressOf("client", "outside", inner),
          fromPort: socket.address().port,
          to: VIPS[inner],
          toPort: PORTS.udpEcho,
          payload: name,
        });
        const answer = once(socket, "message", { signal: AbortSignal.timeout(DEADLINE_MS) });
        client.send(tunnel(outer, packet), server.mac);
        expect(String((await answer)[0])).toBe(`s1 ${name}`);
        socket.close();
      });
    }
  }
}

test("only servers end tunnels", async () => {
  await expect(lab.endTunnels("d1")).rejects.toThrow(LabError);
});
