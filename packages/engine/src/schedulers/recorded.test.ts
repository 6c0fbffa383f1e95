/** The schedulers against the kernel: every recorded sequence of new connections, with the counts that the kernel saw. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { SCHEDULERS } from "./registry.ts";
import type { Candidate, Scheduler } from "./scheduler.ts";

interface Change {
  op: "add" | "edit" | "delete" | "edit-service";
  server: number;
  weight: number;
  upper?: number;
}
interface Case {
  name: string;
  start: Change[];
  steps: { chosen: number | null; counts: [number, number][]; before?: Change[] }[];
}
interface Server extends Candidate {
  number: number;
  weight: number;
  active: number;
  inactive: number;
  overloaded: boolean;
  upper: number;
}

function readCases(scheduler: string): Case[] {
  const url = new URL(`../../fixtures/kernel-6.1/sched-${scheduler}.jsonl`, import.meta.url);
  const lines = readFileSync(url, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line));
}

/** Newest first, as the kernel lists. */
function change(list: Server[], c: Change): Server[] {
  const rest = list.filter((s) => s.number !== c.server);
  const fresh = { number: c.server, weight: 0, active: 0, inactive: 0, overloaded: false, upper: 0 };
  const server = list.find((s) => s.number === c.server) ?? fresh;
  Object.assign(server, { weight: c.weight, upper: c.upper ?? 0 });
  if (c.op === "add") return [server, ...rest];
  return c.op === "delete" ? rest : list;
}

/** Whom our scheduler chooses, step by step. */
function replay(scheduler: Scheduler<Server>, recorded: Case): (number | null)[] {
  let list: Server[] = [];
  const apply = (changes: Change[]) => {
    for (const c of changes) {
      if (c.op === "edit-service") continue;
      list = change(list, c);
      scheduler.update(list);
    }
  };
  apply(recorded.start);
  return recorded.steps.map((step) => {
    apply(step.before ?? []);
    for (const server of list) {
      [server.active, server.inactive] = step.counts[server.number]!;
      server.overloaded = server.upper > 0 && server.active + server.inactive >= server.upper;
    }
    return scheduler.pick()?.number ?? null;
  });
}

for (const [name, create] of Object.entries(SCHEDULERS)) {
  for (const recorded of readCases(name)) {
    test(`${recorded.name}: as the kernel chose`, () => {
      expect(replay(create<Server>(), recorded)).toEqual(recorded.steps.map((s) => s.chosen));
    });
  }
}
