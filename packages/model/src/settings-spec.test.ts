import { expect, test } from "vitest";
import { DEFAULT_SETTINGS, SettingsSpec, TIMEOUT_STATES, TimeoutsSpec } from "./settings-spec.ts";

const problems = (settings: object): string[] =>
  SettingsSpec.safeParse(settings).error?.issues.map((i) => `${i.path.join(".")}: ${i.message}`) ?? [];

test("settings of a document that names none are the kernel's, but for what would let a session end", () => {
  expect(DEFAULT_SETTINGS).toMatchInlineSnapshot(`
    {
      "cacheBypass": false,
      "cacheSeconds": 86400,
      "dropEntry": "off",
      "dropPacket": "off",
      "dropRate": 10,
      "expireQuiescentTemplate": false,
      "midStream": "drop",
      "pmtuDiscovery": true,
      "rescheduleQuiesced": false,
      "reuse": "closed",
      "scheduleIcmp": false,
      "secureTcp": "off",
      "sourceBudget": 0,
      "syncDaemons": [],
      "timeouts": {},
      "unmatchedReply": "drop",
    }
  `);
});

test("timeouts have a place for every state that a protocol has", () => {
  const all = Object.fromEntries(
    Object.entries(TIMEOUT_STATES).map(([protocol, states]) => [
      protocol,
      Object.fromEntries(states.map((state, i) => [state, i + 1])),
    ]),
  );
  expect(TimeoutsSpec.parse(all)).toEqual(all);
});

const bad: [settings: object, want: string][] = [
  [{ sloppyTcp: true }, ': Unrecognized key: "sloppyTcp"'],
  [{ timeouts: { icmp: {} } }, 'timeouts: Unrecognized key: "icmp"'],
  [{ timeouts: { udp: { established: 3 } } }, 'timeouts.udp: Unrecognized key: "established"'],
  [{ timeouts: { tcp: { established: 0 } } }, "timeouts.tcp.established: wanted seconds from 1 to 2678400"],
  [
    { timeouts: { tcp: { established: 2_678_401 } } },
    "timeouts.tcp.established: wanted seconds from 1 to 2678400",
  ],
  [{ reuse: "always" }, "reuse: wanted one of never, closed, one-way"],
  [{ rescheduleQuiesced: 1 }, "rescheduleQuiesced: wanted true or false"],
  [{ midStream: "reject" }, "midStream: wanted one of drop, host"],
  [{ unmatchedReply: "host" }, "unmatchedReply: wanted one of drop, forward, refuse"],
  [{ cacheSeconds: 0 }, "cacheSeconds: wanted whole seconds from 1 to 2147483"],
  [{ dropEntry: "1" }, "dropEntry: wanted one of off, auto, on"],
  [{ dropPacket: true }, "dropPacket: wanted one of off, auto, on"],
  [{ secureTcp: 3 }, "secureTcp: wanted one of off, auto, on"],
  [{ dropRate: 0 }, "dropRate: wanted a whole number from 1 to 2147483647"],
  [
    { syncDaemons: [{ mode: "slave", interface: "eth0" }] },
    "syncDaemons.0.mode: wanted one of master, backup",
  ],
  [
    { syncDaemons: [{ mode: "master", interface: "eth 0" }] },
    "syncDaemons.0.interface: wanted the name of an interface",
  ],
  [
    { syncDaemons: [{ mode: "master", interface: "eth0", group: "192.0.2.1" }] },
    "syncDaemons.0.group: wanted a multicast address",
  ],
  [
    { syncDaemons: [{ mode: "master", interface: "eth0", group: "nowhere" }] },
    "syncDaemons.0.group: wanted an IPv4 or IPv6 address",
  ],
  [
    { syncDaemons: Array(2).fill({ mode: "master", interface: "eth0" }) },
    "syncDaemons: wanted at most one daemon of each mode",
  ],
  [{ sourceBudget: 1_000_001 }, "sourceBudget: wanted a whole number from 0 to 1000000"],
];
for (const [settings, want] of bad) {
  test(`settings with ${JSON.stringify(settings)} are refused`, () =>
    expect(problems(settings)).toEqual([want]));
}
