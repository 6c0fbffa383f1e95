import { expect, test } from "vitest";
import { outcomeOfError } from "./checker.ts";

const cases: [code: string, result: string, why: string][] = [
  ["ECONNREFUSED", "bad", "connection refused"],
  ["EHOSTUNREACH", "bad", "no route to host"],
  ["EMFILE", "unknown", "too many open files in this process"],
  ["EADDRNOTAVAIL", "unknown", "no free local port"],
  ["EODD", "bad", "odd thing"],
];
for (const [code, result, why] of cases) {
  test(`socket error ${code} is ${result}`, () => {
    const error = Object.assign(new Error("odd thing"), { code });
    expect(outcomeOfError(error)).toEqual({ result, why });
  });
}
