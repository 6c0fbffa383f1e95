/** What every scheduler does, whatever its rule. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Scheduler, SchedulerFactory, SchedulerOptions } from "./scheduler.ts";
import { candidate, candidates, options, request, type TestCandidate } from "./testing.ts";

/** What a scheduler does not promise. */
interface Exceptions {
  /** It may pick nobody although somebody is usable. */
  isPartial?: boolean;
  /** It may pick a destination that has become overloaded. */
  mayPickOverloaded?: boolean;
  given?: Partial<SchedulerOptions>;
}

/** Run the common sentences against a scheduler. */
export function schedulerContract(name: string, create: SchedulerFactory, exceptions: Exceptions = {}): void {
  const { isPartial = false, mayPickOverloaded = false, given = {} } = exceptions;
  const title = [name, ...Object.keys(given)].join(" ");
  const fresh = (all: TestCandidate[]): Scheduler<TestCandidate> => {
    const scheduler = create<TestCandidate>({ ...options, ...given });
    scheduler.update(all);
    return scheduler;
  };

  test(`${title} bears its name`, () => expect(fresh([]).name).toBe(name));

  const nobody: [string, TestCandidate[]][] = [
    ["there is none", []],
    ["all are quiesced", [candidate({ weight: 0 }), candidate({ weight: 0 })]],
    ["all are overloaded", [candidate({ overloaded: true })]],
    [
      "those with weight are overloaded",
      [candidate({ weight: 0 }), candidate({ weight: 3, overloaded: true })],
    ],
  ];
  for (const [when, all] of nobody) {
    test(`${title} picks nobody when ${when}`, () => expect(fresh(all).pick(request())).toBeUndefined());
  }

  test(`${title} sees a destination that becomes overloaded at once`, () => {
    const [first, second] = [candidate(), candidate()];
    const scheduler = fresh([first, second]);
    first.overloaded = true;
    for (const from of CLIENTS) expect(scheduler.pick(request({ from }))).not.toBe(first);
  });

  test(`${title} forgets a destination that is gone`, () => {
    const [gone, stays] = [candidate(), candidate()];
    const scheduler = fresh([gone, stays]);
    for (const from of CLIENTS) scheduler.pick(request({ from }));
    scheduler.update([stays]);
    for (const from of CLIENTS) expect(scheduler.pick(request({ from }))).toBe(stays);
  });

  test(`${title} picks whom it may, and as it said before, whatever happens`, () => {
    fc.assert(
      fc.property(happenings, (list) => {
        const all = candidates(Array.from({ length: SERVERS }), () => ({}));
        const present = new Set(all);
        const scheduler = fresh(all);
        for (const happening of list) {
          const c = all[happening.server]!;
          if (happening.kind === "leave") present.delete(c);
          if (happening.kind === "come") present.add(c);
          Object.assign(c, happening.change);
          c.lastWeight = c.weight || c.lastWeight;
          if (happening.kind !== "load") scheduler.update(all.filter((each) => present.has(each)));

          const usable = [...present].filter((each) => each.weight > 0 && !each.overloaded);
          for (const to of CLIENTS.slice(0, 4)) {
            const asked = request({ from: to, to });
            const peeked = [scheduler.peek?.(asked), scheduler.peek?.(asked)];
            const picked = scheduler.pick(asked);
            if (scheduler.peek) expect(peeked).toEqual([picked, picked]);
            if (!picked) expect(isPartial || usable.length === 0).toBe(true);
            else if (mayPickOverloaded) expect(present.has(picked) && picked.weight > 0).toBe(true);
            else expect(usable).toContain(picked);
          }
        }
      }),
    );
  });
}

const CLIENTS = Array.from({ length: 16 }, (_, i) => `198.51.100.${i * 5} ${40000 + i}`);
const SERVERS = 6;

interface Happening {
  kind: "load" | "weigh" | "leave" | "come";
  server: number;
  change: Partial<TestCandidate>;
}
const server = fc.nat(SERVERS - 1);
const happening = <K extends Happening["kind"]>(kind: K, change: fc.Arbitrary<Partial<TestCandidate>>) =>
  fc.record({ kind: fc.constant(kind), server, change });
const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.oneof(
    happening("load", fc.record({ active: fc.nat(20), inactive: fc.nat(600), overloaded: fc.boolean() })),
    happening("weigh", fc.record({ weight: fc.nat(10) })),
    happening("leave", fc.constant({})),
    happening("come", fc.constant({})),
  ),
  { maxLength: 30 },
);
