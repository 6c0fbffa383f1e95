import { DocumentSpec } from "@tandem/model";
import { expect, test } from "vitest";
import { drainDestinations } from "./drain.ts";

const destinations = [{ address: "10.0.0.1", port: 8080 }, { address: "10.0.0.2" }];
const spec = DocumentSpec.parse({
  version: 1,
  services: [
    { protocol: "tcp", address: "192.0.2.1", port: 80, destinations },
    { protocol: "udp", address: "192.0.2.1", port: 53, destinations: [{ address: "10.0.0.1" }] },
    { mark: 7, destinations: [{ address: "10.0.0.2" }] },
  ],
});
const drained = (s: DocumentSpec) => s.services.map((x) => x.destinations.map((d) => d.drain));

const cases = [
  { name: "an address everywhere", destination: "10.0.0.1", want: [[true, false], [true], [false]] },
  { name: "an endpoint", destination: "10.0.0.1:8080", want: [[true, false], [false], [false]] },
  { name: "the service's port", destination: "10.0.0.2:80", want: [[false, true], [false], [false]] },
  {
    name: "an address in a firewall mark's service",
    destination: "10.0.0.2",
    service: "mark 7 ipv4",
    want: [[false, false], [false], [true]],
  },
  { name: "no port of its own", destination: "10.0.0.2:0", want: [[false, false], [false], [true]] },
  {
    name: "an address in one service",
    destination: "10.0.0.1",
    service: "udp 192.0.2.1:53",
    want: [[false, false], [true], [false]],
  },
];
for (const { name, want, ...request } of cases) {
  test(`drain finds ${name}, and undo restores it`, () => {
    const once = drainDestinations(spec, { ...request, undo: false });
    expect(drained(once.spec)).toEqual(want);
    expect(once.destinations).toHaveLength(want.flat().filter(Boolean).length);
    expect(drainDestinations(once.spec, { ...request, undo: true }).spec).toEqual(spec);
  });
}

test("bringing back what was never drained means nothing; draining again means the same", () => {
  const request = { destination: "10.0.0.1" };
  expect(drainDestinations(spec, { ...request, undo: true })).toEqual({ spec, destinations: [] });
  const once = drainDestinations(spec, { ...request, undo: false });
  expect(drainDestinations(once.spec, { ...request, undo: false })).toEqual(once);
});

test("drain of what is not there names it", () => {
  expect(() => drainDestinations(spec, { destination: "10.0.0.9", undo: false })).toThrow(
    'Cannot find destination "10.0.0.9"',
  );
  const request = { destination: "10.0.0.1", service: "tcp 192.0.2.1:81", undo: false };
  expect(() => drainDestinations(spec, request)).toThrow('Cannot find service "tcp 192.0.2.1:81"');
});
