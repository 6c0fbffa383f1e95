/** What routing says, asked of a real kernel. */
import { parseAddress } from "@tandem/model";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPathMtus, openRoutes, type PathMtus } from "./routes.ts";
import { createNamespaces, type Namespaces } from "./testing/namespaces.ts";

let namespaces: Namespaces;
let mtus: PathMtus;

beforeAll(() => {
  namespaces = createNamespaces(["director", "server"]);
  namespaces.ip(
    "director",
    "link set lo up",
    `link add server0 mtu 1480 type veth peer name server0 netns ${namespaces.fullName("server")}`,
    "addr add 10.0.0.254/24 dev server0",
    "addr add fd00::fe/64 dev server0 nodad",
    "link set server0 up",
    "route add 10.1.0.0/24 via 10.0.0.1 mtu 1300",
    "route add fd01::/64 via fd00::1 mtu 1290",
    "route add 10.2.0.0/24 via 10.0.0.1",
    "route add blackhole 10.3.0.0/24",
  );
  namespaces.ip("server", "link set server0 up");
  namespaces.enter("director");
  mtus = openPathMtus();
});
afterAll(() => {
  mtus.close();
  namespaces.close();
});

const ways: [what: string, address: string, mtu: number | undefined][] = [
  ["a neighbour has its interface's MTU", "10.0.0.1", 1480],
  ["an IPv6 neighbour has its interface's MTU", "fd00::1", 1480],
  ["a route with an MTU has that", "10.1.0.1", 1300],
  ["an IPv6 route with an MTU has that", "fd01::1", 1290],
  ["a route without one has its interface's MTU", "10.2.0.1", 1480],
  ["this host has the loopback's MTU", "10.0.0.254", 65_536],
  ["what is thrown away has none", "10.3.0.1", undefined],
  ["what has no route has none", "10.9.0.1", undefined],
  ["what has no IPv6 route has none", "fd09::1", undefined],
];
for (const [what, address, mtu] of ways) {
  test(`path MTU: ${what}`, () => expect(mtus.ask(parseAddress(address)!)).toBe(mtu));
}

test("path MTU follows the routes", () => {
  namespaces.ip("director", "route add 10.4.0.0/24 via 10.0.0.1 mtu 600");
  expect(mtus.ask(parseAddress("10.4.0.1")!)).toBe(600);
  namespaces.ip("director", "route change 10.4.0.0/24 via 10.0.0.1 mtu 700");
  expect(mtus.ask(parseAddress("10.4.0.1")!)).toBe(700);
});

test("source is that of the route, none without a route", () => {
  const routes = openRoutes();
  try {
    expect(routes.askSource(parseAddress("10.1.0.1")!)).toEqual(parseAddress("10.0.0.254"));
    expect(routes.askSource(parseAddress("fd01::1")!)).toEqual(parseAddress("fd00::fe"));
    expect(routes.askSource(parseAddress("10.9.0.1")!)).toBeUndefined();
  } finally {
    routes.close();
  }
});
