import { pino } from "pino";
import { expect, test } from "vitest";
import { createApiDoor } from "./api-door.ts";

const DAY_MS = 86_400_000;
const begins = new Date("2026-01-01T00:00:00Z");
const after = (days: number) => new Date(begins.getTime() + days * DAY_MS);
const api = { listen: [], certificate: "/c", key: "/k", clientCa: "/ca" };
const door = () => createApiDoor({ api }, pino({ level: "silent" }));

const terms: [days: number, passed: number, isLate: boolean][] = [
  [397, 366, false],
  [397, 368, true],
  [7, 5, false],
  [7, 6, true],
  [7, 8, true],
];
for (const [days, passed, isLate] of terms) {
  test(`a certificate for ${days} days is ${isLate ? "" : "not "}late to renew after ${passed}`, () => {
    const { tls, problem } = door();
    tls!.onIdentity({ begins, ends: after(days) });
    const says = `The API's certificate ends on ${after(days).toISOString()}`;
    expect(problem(after(passed).getTime())).toBe(isLate ? says : undefined);
  });
}

test("files that cannot be used are a problem until they can", () => {
  const { tls, problem } = door();
  tls!.onIdentity({ begins, ends: after(397) });
  tls!.onIdentity({ failure: new Error("no key") });
  expect(problem(begins.getTime())).toBe("The API keeps its former certificate: no key");
  tls!.onIdentity({ begins, ends: after(397) });
  expect(problem(begins.getTime())).toBeUndefined();
});

test("a node without the API on the network has no door and no problem", () => {
  const { tls, problem } = createApiDoor({ api: undefined }, pino({ level: "silent" }));
  expect([tls, problem(0)]).toEqual([undefined, undefined]);
});
