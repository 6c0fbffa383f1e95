import { DocumentSpec, EMPTY_DOCUMENT, reviseDocument } from "@tandem/model";
import { expect, test } from "vitest";
import { createTunnelWatch } from "./tunnel-watch.ts";

const tunnelTo = (address: string) =>
  reviseDocument(
    EMPTY_DOCUMENT,
    DocumentSpec.parse({
      version: 1,
      services: [
        { protocol: "tcp", address: "192.0.2.1", port: 80, method: "tunnel", destinations: [{ address }] },
      ],
    }),
  );
const DOCUMENT = tunnelTo("10.0.0.1");

/** A watch over ways of an MTU that changes; `asked` counts the measurements. */
function start() {
  const world = { mtu: 500, asked: 0 };
  const watch = createTunnelWatch(async () => {
    world.asked++;
    const { mtu } = world;
    return () => mtu;
  });
  const rooms = async (document = DOCUMENT, nowMs = 0) => (await watch(document, nowMs)).map((f) => f.room);
  return { world, rooms };
}

const cases = [
  { name: "remembers what it found", nowMs: 4999, asked: 1, rooms: ["missing"] },
  { name: "measures anew what it found 5 s ago", nowMs: 5000, asked: 2, rooms: [] },
  { name: "measures anew for another document", document: tunnelTo("10.0.0.2"), asked: 2, rooms: [] },
];
for (const c of cases) {
  test(`a watch over tunnels ${c.name}`, async () => {
    const { world, rooms } = start();
    expect(await rooms()).toEqual(["missing"]);
    world.mtu = 9000;
    expect(await rooms(c.document, c.nowMs)).toEqual(c.rooms);
    expect(world.asked).toBe(c.asked);
  });
}

test("two who ask a watch over tunnels at the same time share a measurement", async () => {
  const { world, rooms } = start();
  expect(await Promise.all([rooms(), rooms()])).toEqual([["missing"], ["missing"]]);
  expect(world.asked).toBe(1);
});
