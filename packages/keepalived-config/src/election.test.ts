import { expect, test } from "vitest";
import { BASE_PRIORITY, effectivePriority, expectedOwner, type Standing } from "./election.ts";

/** The eight standings of a node, told apart by their letters: s synced, m maintenance, h heartbeat. */
const STANDINGS = ["---", "s--", "-m-", "sm-", "--h", "s-h", "-mh", "smh"] as const;
const standing = (letters: string, basePriority: number): Standing => ({
  basePriority,
  isReady: letters[0] === "s",
  isInMaintenance: letters[1] === "m",
  hasHeartbeat: letters[2] === "h",
});

/**
 * Who owns the addresses: node A's standing down, node B's across; A and B, or - for nobody, or * for the higher base.
 * Read it as: first who can forward, then who has the connections, then who is not in maintenance.
 */
const OWNERS: Record<(typeof STANDINGS)[number], string> = {
  //      --- s-- -m- sm- --h s-h -mh smh
  "---": " -   -   -   -   B   B   B   B ",
  "s--": " -   -   -   -   B   B   B   B ",
  "-m-": " -   -   -   -   B   B   B   B ",
  "sm-": " -   -   -   -   B   B   B   B ",
  "--h": " A   A   A   A   *   B   A   B ",
  "s-h": " A   A   A   A   A   *   A   A ",
  "-mh": " A   A   A   A   B   B   *   B ",
  smh: " A   A   A   A   A   B   A   * ",
};

const BASES = [
  { name: "A preferred", a: 100, b: 90, preferred: 0 },
  { name: "B preferred", a: 90, b: 100, preferred: 1 },
  { name: "A preferred as strongly as can be", a: BASE_PRIORITY.max, b: BASE_PRIORITY.min, preferred: 0 },
  { name: "B preferred as strongly as can be", a: BASE_PRIORITY.min, b: BASE_PRIORITY.max, preferred: 1 },
];
for (const base of BASES) {
  test(`election of two nodes follows the table, ${base.name}`, () => {
    const owners = { A: 0, B: 1, "-": undefined, "*": base.preferred } as Record<string, number | undefined>;
    for (const a of STANDINGS) {
      const row = OWNERS[a].trim().split(/\s+/);
      for (const [column, b] of STANDINGS.entries()) {
        const owner = expectedOwner([standing(a, base.a), standing(b, base.b)]);
        expect({ a, b, owner }).toEqual({ a, b, owner: owners[row[column]!] });
      }
    }
  });
}

test("every priority stays within what VRRP can send", () => {
  for (const base of [BASE_PRIORITY.min, BASE_PRIORITY.max])
    for (const letters of STANDINGS) {
      const priority = effectivePriority(standing(letters, base)) ?? 1;
      expect(priority).toBeGreaterThanOrEqual(1);
      expect(priority).toBeLessThanOrEqual(254);
    }
});

test("election of three nodes passes over the one in FAULT", () => {
  const nodes = [standing("s--", 120), standing("smh", 110), standing("s-h", 90)];
  expect(expectedOwner(nodes)).toBe(2);
});
