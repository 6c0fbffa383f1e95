import { expect, test } from "vitest";
import { outputsBeside } from "./comparable.ts";

const isAlike = (wanted: string, got: string): boolean => {
  const beside = outputsBeside(wanted, got);
  return beside.wanted.join("\n") === beside.got.join("\n");
};

const CONNECTIONS = "IPVS connection entries\npro expire state       source\n";
const RATES = "Prot LocalAddress:Port                 CPS    InPPS   OutPPS    InBPS   OutBPS\n";
const row = (numbers: string) => `${RATES}TCP  10.0.0.100:80                ${numbers}\n`;

const cases: readonly (readonly [string, string, string, boolean])[] = [
  ["one blank more", "a\n", "a \n", false],
  [
    "connections in another order",
    `${CONNECTIONS}TCP 00:09  A x\nTCP 00:08  B y\n`,
    `${CONNECTIONS}TCP 00:08  B y\nTCP 00:09  A x\n`,
    true,
  ],
  [
    "a connection that lives some seconds less",
    `${CONNECTIONS}TCP 14:58  A x\n`,
    `${CONNECTIONS}TCP 14:51  A x\n`,
    true,
  ],
  [
    "a connection with another timeout",
    `${CONNECTIONS}TCP 14:58  A x\n`,
    `${CONNECTIONS}TCP 01:58  A x\n`,
    false,
  ],
  [
    "a connection in another state",
    `${CONNECTIONS}TCP 14:58  A x\n`,
    `${CONNECTIONS}TCP 14:58  B x\n`,
    false,
  ],
  ["a connection missing", `${CONNECTIONS}TCP 14:58  A x\n`, CONNECTIONS, false],
  ["a connection missing in its last second", `${CONNECTIONS}TCP 00:00  A x\n`, CONNECTIONS, true],
  [
    "other rates",
    row("        0        1        0       34        0"),
    row("        0        7        0     1234       9K"),
    true,
  ],
  [
    "rates in narrower columns",
    row("        0        1        0       34        0"),
    row("       0       1       0      34       0"),
    false,
  ],
  [
    "rates of another service",
    row("        0        1        0       34        0"),
    row("        0        1        0       34        0").replace(":80", ":81"),
    false,
  ],
];
for (const [name, wanted, got, want] of cases)
  test(`outputs with ${name} are ${want ? "alike" : "different"}`, () => {
    expect(isAlike(wanted, got)).toBe(want);
  });
