/** What every scheduler does, whatever its rule. */
import { expect, test } from "vitest";
import type { Candidate, SchedulerFactory } from "./scheduler.ts";

/** A destination for tests; idle, weight 1. */
export const candidate = (of: Partial<Candidate> = {}): Candidate => ({
  weight: 1,
  active: 0,
  inactive: 0,
  overloaded: false,
  ...of,
});

/** Run the common sentences against a scheduler. */
export function schedulerContract(name: string, create: SchedulerFactory): void {
  const pickFrom = (all: Candidate[]) => {
    const scheduler = create<Candidate>();
    scheduler.update(all);
    return scheduler.pick();
  };

  const nobody: [string, Candidate[]][] = [
    ["there is none", []],
    ["all are quiesced", [candidate({ weight: 0 }), candidate({ weight: 0 })]],
    ["all are overloaded", [candidate({ overloaded: true })]],
    [
      "those with weight are overloaded",
      [candidate({ weight: 0 }), candidate({ weight: 3, overloaded: true })],
    ],
  ];
  for (const [when, all] of nobody) {
    test(`${name} picks nobody when ${when}`, () => expect(pickFrom(all)).toBeUndefined());
  }

  test(`${name} picks the only usable destination every time`, () => {
    const usable = candidate({ weight: 2, active: 1000 });
    const scheduler = create<Candidate>();
    scheduler.update([candidate({ weight: 0 }), usable, candidate({ overloaded: true })]);
    for (let i = 0; i < 10; i++) expect(scheduler.pick()).toBe(usable);
  });

  test(`${name} sees a destination that becomes overloaded at once`, () => {
    const first = { ...candidate() };
    const second = candidate();
    const scheduler = create<Candidate>();
    scheduler.update([first, second]);
    first.overloaded = true;
    for (let i = 0; i < 4; i++) expect(scheduler.pick()).toBe(second);
  });

  test(`${name} forgets a destination that is gone`, () => {
    const [gone, stays] = [candidate(), candidate()];
    const scheduler = create<Candidate>();
    scheduler.update([gone, stays]);
    scheduler.pick();
    scheduler.update([stays]);
    for (let i = 0; i < 3; i++) expect(scheduler.pick()).toBe(stays);
  });
}
