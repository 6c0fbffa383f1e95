/** What every transport does. A suite is given a way to make two that hear each other. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Transport } from "./transport.ts";

export interface TransportPair {
  readonly a: Transport;
  readonly b: Transport;
  /** Cut both off from everything, and let them return. Resolves when they have noticed. */
  cut(): Promise<void>;
  heal(): Promise<void>;
  close(): Promise<void>;
}

const DEADLINE_MS = 20_000;

/** Wait for a condition. Rejects after 20 s. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((done) => setTimeout(done, 5));
  }
}

/** Run the suite. */
export function transportContract(name: string, connectPair: () => Promise<TransportPair>): void {
  let pair: TransportPair;
  beforeEach(async () => {
    pair = await connectPair();
    await until("both are connected", () => pair.a.isConnected() && pair.b.isConnected());
  });
  afterEach(() => pair.close());

  /** What `b` hears on a subject, as text. */
  const listen = (subject: string): string[] => {
    const heard: string[] = [];
    pair.b.subscribe(subject, (bytes) => heard.push(new TextDecoder().decode(bytes)));
    return heard;
  };
  const say = (subject: string, text: string): void =>
    pair.a.publish(subject, new TextEncoder().encode(text));
  /** Subscriptions and messages take a moment: repeat until something is heard. */
  const sayUntil = (subject: string, text: string, holds: () => boolean): Promise<void> =>
    until(`"${text}" is heard`, () => {
      say(subject, text);
      return holds();
    });

  test(`${name} delivers bytes to subscribers, in order`, async () => {
    const heard = listen("t.order");
    await sayUntil("t.order", "ready", () => heard.length > 0);
    for (let i = 0; i < 100; i++) say("t.order", String(i));
    await until("the last is heard", () => heard.at(-1) === "99");
    expect(heard.filter((text) => text !== "ready")).toEqual(
      Array.from({ length: 100 }, (_, i) => String(i)),
    );
  });

  test(`${name} takes * for exactly one token`, async () => {
    const heard = listen("t.*.x");
    await sayUntil("t.a.x", "yes", () => heard.length > 0);
    for (const subject of ["t.x", "t.a.b.x", "t.a.y", "u.a.x"]) say(subject, "no");
    say("t.b.x", "end");
    await until("the last is heard", () => heard.includes("end"));
    expect(heard).not.toContain("no");
  });

  test(`${name} is not heard by itself`, async () => {
    const own: Uint8Array[] = [];
    pair.a.subscribe("t.own", (bytes) => own.push(bytes));
    const heard = listen("t.own");
    await sayUntil("t.own", "x", () => heard.length > 0);
    expect(own).toEqual([]);
  });

  test(`${name} ends a subscription`, async () => {
    const ended: Uint8Array[] = [];
    const end = pair.b.subscribe("t.end", (bytes) => ended.push(bytes));
    const heard = listen("t.end");
    await sayUntil("t.end", "x", () => ended.length > 0 && heard.length > 0);
    end();
    const before = ended.length;
    await sayUntil("t.end", "last", () => heard.includes("last"));
    expect(ended.length).toBe(before);
  });

  test(`${name} says when it is cut and when it is back; subscriptions survive, what was published meanwhile does not`, async () => {
    const seen: boolean[] = [];
    pair.b.watch((isConnected) => seen.push(isConnected));
    const heard = listen("t.cut");
    await sayUntil("t.cut", "before", () => heard.includes("before"));
    await pair.cut();
    expect([pair.a.isConnected(), pair.b.isConnected()]).toEqual([false, false]);
    say("t.cut", "lost");
    await pair.heal();
    await until("both are back", () => pair.a.isConnected() && pair.b.isConnected());
    await sayUntil("t.cut", "after", () => heard.includes("after"));
    expect(heard).not.toContain("lost");
    expect(seen).toEqual([false, true]);
  });

  test(`${name} is silent after it is closed, and nothing is thrown`, async () => {
    const heard = listen("t.closed");
    await sayUntil("t.closed", "x", () => heard.length > 0);
    await pair.b.close();
    expect(pair.b.isConnected()).toBe(false);
    pair.b.publish("t.closed", new Uint8Array(1));
    const before = heard.length;
    for (let i = 0; i < 10; i++) say("t.closed", "y");
    await new Promise((done) => setTimeout(done, 50));
    expect(heard.length).toBe(before);
  });
}
