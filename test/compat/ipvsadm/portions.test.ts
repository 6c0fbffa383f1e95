import { expect, test } from "vitest";
import { type Dish, fillUp, packetOf } from "./portions.ts";
import { recipeOf } from "./recipes.ts";

const dish = (protocol: string, state: string): Dish => ({
  connection: {
    protocol,
    state,
    client: "10.1.0.5:20001",
    virtual: "10.0.0.100:80",
    destination: "192.168.1.11:8080",
    expires: 0,
  },
  portions: recipeOf(protocol, state, true)!.map((each) => ({ ...each, extraBytes: 0 })),
});

const total = (dishes: readonly Dish[], from: string) => {
  const sizes = dishes.flatMap((d) =>
    d.portions.filter((p) => p.from === from).map((p) => packetOf(d.connection, p).length),
  );
  return [sizes.length, sizes.reduce((sum, size) => sum + size, 0)];
};

test("connections are filled up to the packets and bytes that were counted", () => {
  const dishes = [dish("TCP", "ESTABLISHED"), dish("TCP", "TIME_WAIT"), dish("TCP", "SYN_RECV")];
  const missing = { connections: 3, inPackets: 15, inBytes: 654, outPackets: 7, outBytes: 3280 };
  expect(fillUp(dishes, missing)).toBeUndefined();
  expect(total(dishes, "client")).toEqual([15, 654]);
  expect(total(dishes, "server")).toEqual([7, 3280]);
});

test("a datagram grows to what was counted, and so does an SCTP chunk", () => {
  for (const [protocol, state, bytes] of [
    ["UDP", "UDP", 29],
    ["SCTP", "INIT1", 52],
  ] as const) {
    const one = dish(protocol, state);
    expect(
      fillUp([one], { connections: 1, inPackets: 1, inBytes: bytes, outPackets: 0, outBytes: 0 }),
    ).toBeUndefined();
    expect(total([one], "client")).toEqual([1, bytes]);
  }
});

const impossible = [
  [
    "fewer packets than a state takes",
    { connections: 1, inPackets: 1, inBytes: 40, outPackets: 1, outBytes: 40 },
    "2 packets",
  ],
  [
    "fewer bytes than headers have",
    { connections: 1, inPackets: 2, inBytes: 60, outPackets: 1, outBytes: 40 },
    "60 bytes",
  ],
] as const;
test.for(impossible)("%s is told", ([, missing, why]) => {
  expect(fillUp([dish("TCP", "ESTABLISHED")], missing)).toMatch(why);
});
