import { expect, test } from "vitest";
import type { Checker, CheckTarget } from "./checker.ts";

/** Destinations to try a checker on. */
export interface CheckerWorld {
  readonly checker: Checker;
  readonly healthy: CheckTarget;
  /** Nobody listens there. */
  readonly refusing: CheckTarget;
  /** Accepts what the transport accepts and never answers; absent where accepting is all that is asked. */
  readonly silent?: CheckTarget;
}

const never = new AbortController().signal;

/** What every checker must do. `open` is called once per test. */
export function testChecker(name: string, open: () => Promise<CheckerWorld>): void {
  test(`${name} checker calls a healthy destination good`, async () => {
    const { checker, healthy } = await open();
    expect((await checker.check(healthy, never)).result).toBe("good");
  });

  test(`${name} checker calls a refusing destination bad and says why`, async () => {
    const { checker, refusing } = await open();
    expect(await checker.check(refusing, never)).toEqual({ result: "bad", why: "connection refused" });
  });

  test(`${name} checker gives up when told, with the reason it was told`, async () => {
    const { checker, silent } = await open();
    if (!silent) return;
    const stop = new AbortController();
    const outcome = checker.check(silent, stop.signal);
    setTimeout(() => stop.abort("no answer within 1 s"), 20);
    expect(await outcome).toEqual({ result: "bad", why: "no answer within 1 s" });
  });

  test(`${name} checker settles when it was told to give up before it began`, async () => {
    const { checker, silent, refusing } = await open();
    const outcome = await checker.check(silent ?? refusing, AbortSignal.abort("stopped"));
    expect(outcome).toEqual({ result: "bad", why: "stopped" });
  });

  test(`${name} checker can be asked again and leaves no listener behind`, async () => {
    const { checker, healthy } = await open();
    const { signal } = new AbortController();
    let listeners = 0;
    const counted = new Proxy(signal, {
      get(target, key) {
        if (key === "addEventListener") listeners++;
        if (key === "removeEventListener") listeners--;
        const value = Reflect.get(target, key, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    for (let i = 0; i < 3; i++) expect((await checker.check(healthy, counted)).result).toBe("good");
    expect(listeners).toBe(0);
  });
}
