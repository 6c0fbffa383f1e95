import { expect, test } from "vitest";
import { loadPortNames, parsePortNames } from "./port-names.ts";

const names = parsePortNames(`# Network services
http		80/tcp		www	# WorldWideWeb HTTP
domain		53/tcp
domain		53/udp
other   80/tcp
mdns	5353/udp
broken
broken 80
broken eighty/tcp
`);

test("ports have the name of their first entry, protocol by protocol", () => {
  const ports = ["80/tcp", "80/udp", "53/tcp", "53/udp", "5353/udp", "5353/tcp"];
  expect(ports.map((port) => names.byPort.get(port))).toEqual([
    "http",
    undefined,
    "domain",
    "domain",
    "mdns",
    undefined,
  ]);
});

test("names and aliases lead to ports", () => {
  const asked = ["http/tcp", "www/tcp", "www/udp", "other/tcp", "broken/tcp"];
  expect(asked.map((name) => names.byName.get(name))).toEqual([80, 80, undefined, 80, undefined]);
});

test("a machine without the file has no names", async () => {
  expect((await loadPortNames("/nowhere/services")).byPort.size).toBe(0);
});
