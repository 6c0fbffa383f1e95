/** The crafted ends of SCTP speak with each other without a director, so that tests of directors may believe them. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { addressOf, createLab, type OwnLab } from "../lab/index.ts";
import { openTap } from "./support/inside.ts";
import { SETUP_DEADLINE_MS } from "./support/one-director.ts";
import { connectSctp, serveSctp } from "./support/sctp.ts";
import { buildSctp, CHUNK, plainChunk, readSctp } from "./support/sctp-packet.ts";

const PORT = 7002;
const GHOSTS = { 4: "10.77.0.60", 6: "fd77::60" } as const;

let lab: OwnLab;
beforeAll(async () => {
  lab = await createLab();
}, SETUP_DEADLINE_MS);
afterAll(() => lab?.down());

for (const family of [4, 6] as const) {
  test(`an association over IPv${family} is set up, carries messages both ways, and ends`, async () => {
    const ends = {
      client: { node: lab.node("client"), device: "eth0" },
      server: { node: lab.node("s1"), device: "eth1" },
    };
    const taps = [ends.client, ends.server].map(({ node, device }) => openTap(node, device));
    const [client, server] = taps.map((tap) => tap.mac);
    const serving = await serveSctp({ ...ends.server, family, via: client! }, PORT, "s1");
    const path = {
      from: GHOSTS[family],
      fromPort: 5000,
      to: addressOf("s1", "outside", family),
      toPort: PORT,
    };
    const association = await connectSctp({ ...ends.client, family, via: server! }, path);
    expect(await association.ask("hello")).toBe("s1 hello");
    expect(await association.ask("odd")).toBe("s1 odd");
    await association.shutdown();
    association.close();
    const { init, cookieEcho, data, sack, shutdown } = CHUNK;
    expect(serving.seen.slice(0, 7)).toEqual([init, cookieEcho, data, sack, data, sack, shutdown]);
    // the server's own stack did not refuse the protocol
    const strangers = taps[0]!.received().filter((packet) => packet[0]! >>> 4 === 4 && packet[9] === 1);
    expect(strangers).toEqual([]);
    serving.close();
    for (const tap of taps) tap.close();
  });
}

test("a packet with a wrong CRC32c is read by neither end", () => {
  const header = { from: GHOSTS[4], fromPort: 1, to: "10.77.0.11", toPort: 2, tag: 3 };
  const packet = buildSctp(header, [plainChunk(CHUNK.abort)]);
  expect(readSctp(packet)).toMatchObject({ ...header, chunks: [{ type: CHUNK.abort }] });
  packet[21]! ^= 1;
  expect(readSctp(packet)).toBeUndefined();
});
