import { expect, test } from "vitest";
import { DocumentSpec } from "./config.ts";
import { MAX_MARK_RULES, portsIn } from "./mark-spec.ts";

const problems = (...marks: unknown[]): string[] =>
  DocumentSpec.safeParse({ version: 1, marks }).error?.issues.map(
    (i) => `${i.path.slice(1).join(".")}: ${i.message}`,
  ) ?? [];

test("ports of a rule are one or a range, both limits included", () => {
  expect([portsIn("80"), portsIn("8000-8099"), portsIn("0-65535")]).toEqual([
    [80, 80],
    [8000, 8099],
    [0, 65_535],
  ]);
});

const fine: [what: string, ...rules: object[]][] = [
  ["a rule for every packet", { mark: 1 }],
  [
    "a rule that names everything",
    {
      mark: 4_294_967_295,
      protocol: "sctp",
      source: "2001:db8::/32",
      destination: "2001:db8::1",
      sourcePorts: "0-65535",
      destinationPorts: 80,
      interface: "eth0.100",
    },
  ],
  [
    "the narrower rule first",
    { mark: 1, destination: "192.0.2.1" },
    { mark: 2, destination: "192.0.2.0/24" },
  ],
  ["rules that overlap", { mark: 1, destinationPorts: "80-90" }, { mark: 2, destinationPorts: "85-95" }],
  ["rules for two families", { mark: 1, source: "0.0.0.0/0" }, { mark: 2, source: "::/0" }],
  ["rules for two interfaces", { mark: 1, interface: "eth0" }, { mark: 1, interface: "eth1" }],
  ["rules for two protocols", { mark: 1, protocol: "tcp" }, { mark: 1, protocol: "udp" }],
];
for (const [what, ...rules] of fine) {
  test(`marks with ${what} are fine`, () => expect(problems(...rules)).toEqual([]));
}

const PORTS = "wanted a port or a range such as 8000-8099";
const refused: [what: string, rules: object[], ...want: string[]][] = [
  ["no mark", [{}], "0.mark: wanted a whole number from 1 to 4294967295"],
  ["the mark 0", [{ mark: 0 }], "0.mark: wanted a whole number from 1 to 4294967295"],
  ["another protocol", [{ mark: 1, protocol: "icmp" }], "0.protocol: wanted one of tcp, udp, sctp"],
  ["a name for a port", [{ mark: 1, sourcePorts: "http" }], `0.sourcePorts: ${PORTS}`],
  ["half a port", [{ mark: 1, sourcePorts: 80.5 }], `0.sourcePorts: ${PORTS}`],
  ["half a range", [{ mark: 1, sourcePorts: "80-" }], `0.sourcePorts: ${PORTS}`],
  [
    "a port out of range",
    [{ mark: 1, destinationPorts: "65536" }],
    "0.destinationPorts: wanted ports from 0 to 65535, the lower one first",
  ],
  [
    "a range upside down",
    [{ mark: 1, destinationPorts: "90-80" }],
    "0.destinationPorts: wanted ports from 0 to 65535, the lower one first",
  ],
  [
    "an interface's name too long",
    [{ mark: 1, interface: "sixteen-letters-" }],
    "0.interface: wanted the name of an interface",
  ],
  [
    "two families",
    [{ mark: 1, source: "10.0.0.0/8", destination: "::/0" }],
    '0.destination: "::/0" is IPv6, wanted IPv4 as the source',
  ],
  [
    "the wider rule first",
    [
      { mark: 1, destination: "192.0.2.0/24" },
      { mark: 2, destination: "192.0.2.1", protocol: "tcp" },
    ],
    "1: marks[0] matches all of its packets first, wanted the narrower rule above",
  ],
  [
    "a rule for every packet in between",
    [{ mark: 1, protocol: "tcp" }, { mark: 2 }, { mark: 3, interface: "eth0" }],
    "2: marks[1] matches all of its packets first, wanted the narrower rule above",
  ],
  [
    "a range within another",
    [
      { mark: 1, sourcePorts: "80-90" },
      { mark: 2, sourcePorts: "85" },
    ],
    "1: marks[0] matches all of its packets first, wanted the narrower rule above",
  ],
  [
    "one rule twice",
    [
      { mark: 1, protocol: "tcp" },
      { mark: 1, protocol: "tcp" },
    ],
    "1: marks[0] matches all of its packets first, wanted the narrower rule above",
  ],
];
for (const [what, rules, ...want] of refused) {
  test(`marks with ${what} are refused by their place`, () => expect(problems(...rules)).toEqual(want));
}

test("marks are at most as many as the fast path asks", () => {
  const rules = Array.from({ length: MAX_MARK_RULES + 1 }, (_, i) => ({ mark: 1, sourcePorts: String(i) }));
  expect(problems(...rules.slice(1))).toEqual([]);
  expect(problems(...rules)).toEqual([": wanted at most 64 rules"]);
});
