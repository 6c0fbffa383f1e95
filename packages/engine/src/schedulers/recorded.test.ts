/** The schedulers against the kernel: every recorded sequence of new connections, with the counts that the kernel saw. */
import { readFileSync } from "node:fs";
import { SCHEDULER_NAMES, type SchedulerName } from "@tandem/model";
import { expect, test } from "vitest";
import { SCHEDULERS } from "./registry.ts";
import type { Candidate, Scheduler } from "./scheduler.ts";
import { candidate, options, request } from "./testing.ts";

interface Change {
  op: "add" | "edit" | "delete" | "edit-service";
  server: number;
  weight: number;
  upper?: number;
}
interface Case {
  name: string;
  flags?: ("fallback" | "port")[];
  servers: string[];
  port: number;
  start: Change[];
  steps: Step[];
}
interface Step {
  from?: string;
  to?: string;
  chosen: number | null;
  counts?: [number, number][];
  before?: Change[];
}
type Server = { -readonly [K in keyof Candidate]: Candidate[K] } & { number: number; upper: number };

function readCases(scheduler: string): Case[] {
  const url = new URL(`../../fixtures/kernel-6.1/sched-${scheduler}.jsonl`, import.meta.url);
  const lines = readFileSync(url, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line));
}

/** Newest first, as the kernel lists. */
function change(list: Server[], c: Change, { servers, port }: Case): Server[] {
  const rest = list.filter((s) => s.number !== c.server);
  if (c.op === "delete") return rest;
  const fresh = {
    ...candidate({ at: `${servers[c.server]} ${port}` }),
    number: c.server,
    lastWeight: c.weight,
  };
  const server = list.find((s) => s.number === c.server) ?? fresh;
  Object.assign(server, { weight: c.weight, lastWeight: c.weight || server.lastWeight, upper: c.upper ?? 0 });
  return c.op === "add" ? [server as Server, ...rest] : list;
}

/** What the server has, as the kernel saw it just before the step. One-packet services never have anything. */
function load(server: Server, step: Step): void {
  [server.active, server.inactive] = step.counts?.[server.number] ?? [0, 0];
  server.overloaded = server.upper > 0 && server.active + server.inactive >= server.upper;
}

/** Whom our scheduler chooses, step by step. */
function replay(scheduler: Scheduler<Server>, recorded: Case): (number | null)[] {
  let list: Server[] = [];
  const apply = (changes: Change[]) => {
    for (const c of changes) {
      if (c.op === "edit-service") continue;
      list = change(list, c, recorded);
      scheduler.update(list);
    }
  };
  apply(recorded.start);
  return recorded.steps.map((step) => {
    apply(step.before ?? []);
    for (const server of list) load(server, step);
    return scheduler.pick(request(step))?.number ?? null;
  });
}

/** Cases on file; Debian's kernel has no `twos`. */
const RECORDED: Record<Exclude<SchedulerName, "twos">, number> = {
  rr: 39,
  wrr: 40,
  lc: 40,
  wlc: 39,
  lblc: 39,
  lblcr: 41,
  dh: 12,
  sh: 49,
  sed: 45,
  nq: 41,
  fo: 41,
  ovf: 39,
  mh: 45,
};

for (const [name, count] of Object.entries(RECORDED)) {
  const cases = readCases(name);
  test(`${name} has ${count} recorded cases`, () => expect(cases.length).toBe(count));
  for (const recorded of cases) {
    test(`${recorded.name}: as the kernel chose`, () => {
      const flags = Object.fromEntries((recorded.flags ?? []).map((flag) => [flag, true]));
      const scheduler = SCHEDULERS[name as SchedulerName]<Server>({ ...options, ...flags });
      expect(replay(scheduler, recorded)).toEqual(recorded.steps.map((s) => s.chosen));
    });
  }
}

test("every scheduler but twos was recorded", () => {
  expect(Object.keys(RECORDED).sort()).toEqual(SCHEDULER_NAMES.filter((n) => n !== "twos").sort());
});
