import { expect, test } from "vitest";
import {
  believe,
  NOT_STARTED,
  type OwnSide,
  type RoleBelief,
  type RoleEvidence,
  type VrrpRole,
} from "./role.ts";

const well: OwnSide = { isReady: true, isInMaintenance: false, heartbeatAgeS: 0.3 };
const being = (role: VrrpRole): RoleBelief => ({ role, cause: "before", doubts: 0 });
const notified = (
  state: "MASTER" | "BACKUP" | "FAULT" | "STOP" | "DELETED",
  priority = 200,
): RoleEvidence => ({
  kind: "notified",
  state,
  priority,
});
const polled = (holdsAddress: boolean): RoleEvidence => ({ kind: "polled", holdsAddress });

const arrows: [
  from: VrrpRole,
  evidence: RoleEvidence,
  own: Partial<OwnSide>,
  role: VrrpRole,
  cause: string,
][] = [
  ["BACKUP", notified("MASTER"), {}, "MASTER", "elected with priority 200"],
  ["FAULT", notified("MASTER"), {}, "MASTER", "elected with priority 200"],
  ["MASTER", notified("BACKUP"), {}, "BACKUP", "a peer has a higher priority than 200"],
  [
    "MASTER",
    notified("BACKUP", 150),
    { isInMaintenance: true },
    "BACKUP",
    "in maintenance, a peer has a higher priority than 150",
  ],
  [
    "MASTER",
    notified("BACKUP", 100),
    { isReady: false },
    "BACKUP",
    "not ready, a peer has a higher priority than 100",
  ],
  ["FAULT", notified("BACKUP", 100), {}, "BACKUP", "able to serve, priority 100"],
  ["MASTER", notified("FAULT"), { heartbeatAgeS: 3.44 }, "FAULT", "no heartbeat for 3.4 s"],
  ["BACKUP", notified("FAULT"), { heartbeatAgeS: Number.POSITIVE_INFINITY }, "FAULT", "no heartbeat yet"],
  ["MASTER", notified("FAULT"), {}, "FAULT", "an interface of the group is down"],
  ["MASTER", notified("STOP"), {}, "FAULT", "keepalived was stopped"],
  ["BACKUP", notified("DELETED"), {}, "FAULT", "the group is no longer configured"],
  [
    "FAULT",
    { kind: "found", holdsAddress: true },
    {},
    "MASTER",
    "holds the group's addresses, found at start",
  ],
  [
    "FAULT",
    { kind: "found", holdsAddress: false },
    {},
    "BACKUP",
    "holds none of the group's addresses, found at start",
  ],
  ["MASTER", { kind: "gone", why: "keepalived (pid 7) died" }, {}, "FAULT", "keepalived (pid 7) died"],
];
for (const [from, evidence, own, role, cause] of arrows) {
  test(`role ${from} becomes ${role}: ${cause}`, () =>
    expect(believe(being(from), evidence, { ...well, ...own })).toEqual({ role, cause, doubts: 0 }));
}

test("role keeps its first cause while it stays the same", () => {
  for (const evidence of [
    notified("MASTER", 150),
    { kind: "found", holdsAddress: true } as const,
    polled(true),
  ])
    expect(believe(being("MASTER"), evidence, well)).toEqual(being("MASTER"));
});

test("role is corrected by the second poll in a row that contradicts it", () => {
  for (const [from, holds, to] of [
    ["MASTER", false, "BACKUP"],
    ["BACKUP", true, "MASTER"],
    ["FAULT", true, "MASTER"],
  ] as const) {
    const once = believe(being(from), polled(holds), well);
    expect(once.role).toBe(from);
    expect(believe(once, polled(holds), well)).toMatchObject({ role: to, doubts: 0 });
  }
});

test("role stands when another poll or a notification comes between two doubts", () => {
  for (const between of [polled(true), notified("MASTER")]) {
    const doubted = believe(being("MASTER"), polled(false), well);
    const reassured = believe(doubted, between, well);
    expect(believe(reassured, polled(false), well).role).toBe("MASTER");
  }
});

test("role FAULT is not taken for BACKUP by a poll that finds no addresses", () => {
  const twice = believe(believe(being("FAULT"), polled(false), well), polled(false), well);
  expect(twice).toEqual(being("FAULT"));
});

test("role is FAULT before the start", () => expect(NOT_STARTED.role).toBe("FAULT"));
