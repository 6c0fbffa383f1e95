import { DocumentSpec, LbError } from "@tandem/model";
import { expect, test } from "vitest";
import { readAssignment, readField, setFields } from "./document-field.ts";
import { findParts } from "./document-part.ts";

const spec = DocumentSpec.parse({
  version: 1,
  services: [
    {
      ...{ protocol: "tcp", address: "192.0.2.1", port: 80 },
      destinations: [
        { address: "10.0.0.1", port: 8080 },
        { address: "10.0.0.1", port: 8081 },
        { address: "10.0.0.2" },
      ],
    },
    { ...{ protocol: "udp", address: "2001:db8::1", port: 53 }, destinations: [{ address: "fd00::1" }] },
    { mark: 7, method: "direct-route", persistence: {}, destinations: [{ address: "10.0.0.1" }] },
    { mark: 7, address: "::", method: "direct-route", persistence: {}, destinations: [] },
  ],
});

const found: [words: string[], names: string[], rest?: string[]][] = [
  [["tcp", "192.0.2.1:80"], ["tcp 192.0.2.1:80"]],
  [["tcp/192.0.2.1:80", "weight"], ["tcp 192.0.2.1:80"], ["weight"]],
  [["udp [2001:DB8:0::1]:53"], ["udp [2001:db8::1]:53"]],
  [["udp/[2001:db8::1]:53", "fd00::1"], ["udp [2001:db8::1]:53 -> [fd00::1]:53"]],
  [["mark", "7"], ["mark 7 ipv4"]],
  [["mark", "7", "ipv6", "x"], ["mark 7 ipv6"], ["x"]],
  [["mark/7/ipv6"], ["mark 7 ipv6"]],
  [["mark 7 ipv4 -> 10.0.0.1:0"], ["mark 7 ipv4 -> 10.0.0.1:0"]],
  [["tcp", "192.0.2.1:80", "10.0.0.2"], ["tcp 192.0.2.1:80 -> 10.0.0.2:80"]],
  [["tcp 192.0.2.1:80", "->", "10.0.0.1:8081"], ["tcp 192.0.2.1:80 -> 10.0.0.1:8081"]],
  [
    ["10.0.0.1", "a=b c"],
    ["tcp 192.0.2.1:80 -> 10.0.0.1:8080", "tcp 192.0.2.1:80 -> 10.0.0.1:8081", "mark 7 ipv4 -> 10.0.0.1:0"],
    ["a=b c"],
  ],
  [["settings", "dropRate=5"], ["settings"], ["dropRate=5"]],
  [[], ["the document"]],
];
for (const [words, names, rest = []] of found) {
  test(`${JSON.stringify(words)} names ${names.join(", ")}`, () => {
    const { parts, ...other } = findParts(spec, words);
    expect(parts.map(({ name }) => name)).toEqual(names);
    expect(other.rest).toEqual(rest);
  });
}

const lost: [words: string[], says: string][] = [
  [
    ["tcp", "192.0.2.1:8"],
    'Cannot find service "tcp 192.0.2.1:8": there is none in the document, wanted perhaps',
  ],
  [["tcp"], 'Cannot find service "tcp "'],
  [["mark", "8"], 'wanted perhaps "mark 7 ipv4"'],
  [["tcp", "192.0.2.1:80", "->"], 'Cannot find destination ""'],
  [["tcp", "192.0.2.1:80", "10.0.0.2:81"], 'wanted perhaps "10.0.0.2:80"'],
];
for (const [words, says] of lost) {
  test(`${JSON.stringify(words)} names nothing`, () => expect(() => findParts(spec, words)).toThrow(says));
}

test("whatever is typed, nothing but a failure in words comes of it, and no document with mistakes", () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  let state = seed;
  const below = (n: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * n);
  };
  const words =
    "tcp 192.0.2.1:80 udp [2001:db8::1]:53 mark 7 ipv6 -> 10.0.0.1 10.0.0.1:8080 settings tcp/192.0.2.1:80 weight=5 weight=-1 check.interval=2 check={type:tcp} a.__proto__.b=1 destinations.0.weight=3 destinations=[] timeouts.tcp.established=5m = x= =x allow=1,2 [ ]: :0 persistence= persistence.timeout=60 weight address=::1 {} & *a !!x".split(
      " ",
    );
  for (let i = 0; i < 2000; i++) {
    const typed = Array.from({ length: 1 + below(5) }, () => words[below(words.length)]!);
    try {
      const { parts, rest } = findParts(spec, typed);
      for (const part of parts) readField(spec, part, rest[0]?.split("=")[0]);
      const edited = setFields(spec, parts[0]!, rest.map(readAssignment));
      expect(DocumentSpec.safeParse(edited).success, `seed ${seed}: ${typed.join(" ")}`).toBe(true);
    } catch (error) {
      expect(error, `seed ${seed}: ${typed.join(" ")}`).toBeInstanceOf(LbError);
    }
  }
});
