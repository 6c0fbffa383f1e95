/** Mistakes that stand beside each other: each is told, whatever else is wrong, and nothing is told that only follows from another. */
import { expect, test } from "vitest";
import { DocumentSpec } from "./config.ts";
import { problems, web } from "./testing.ts";

type Told = [place: string, message: string];

const tell = (document: unknown): Told[] =>
  DocumentSpec.safeParse(document).error?.issues.map((i) => [i.path.join("."), i.message]) ?? [];

const destination = { address: "10.0.0.1" };
const beside: [what: string, service: object, ...want: string[]][] = [
  [
    "an unknown scheduler and a destination that the method cannot reach",
    {
      ...web,
      scheduler: "best",
      method: "direct-route",
      destinations: [destination, { address: "2001:db8::9", port: 81 }],
    },
    "scheduler: wanted one of rr, wrr, lc, wlc, lblc, lblcr, dh, sh, sed, nq, fo, ovf, mh, twos",
    'destinations.1.address: "2001:db8::9" is IPv6, wanted IPv4 as the service, or a tunnel',
    "destinations.1.port: port is 81, wanted 80: direct-route does not change the port",
  ],
  [
    "an unknown method, which its destinations may have meant",
    { ...web, method: "nat", tunnel: {}, destinations: [{ address: "2001:db8::9", port: 81 }] },
    "method: wanted one of masquerade, direct-route, tunnel, full-nat, local",
  ],
  [
    "an unknown method and a destination with its own",
    { ...web, method: "nat", destinations: [{ ...destination, port: 81, method: "local" }] },
    "method: wanted one of masquerade, direct-route, tunnel, full-nat, local",
    "destinations.0.port: port is 81, wanted 80: local does not change the port",
  ],
  [
    "an address that is none and limits of the other kind",
    { ...web, address: "192.0.2", onePacket: true, allow: ["::/0"], destinations: [{ address: "::9" }] },
    "address: wanted an IPv4 or IPv6 address",
    'onePacket: protocol is "tcp", wanted "udp": only UDP has packets without a connection',
  ],
  [
    "prefixes of which one is none",
    { ...web, allow: ["10.0.0.0/33", "::/0", "10.0.0.0/8"], deny: ["10.0.0.0/8"] },
    "allow.0: wanted a prefix such as 192.0.2.0/24 or 2001:db8::/32",
    'allow.1: "::/0" is IPv6, wanted IPv4 as the service',
    'deny.0: "10.0.0.0/8" is allowed, too, wanted in one of the lists',
  ],
  [
    "a destination that is none beside one that is wrong",
    { ...web, destinations: ["10.0.0.1", null, { address: "127.0.0.1", weight: -1 }] },
    "destinations.0: Invalid input: expected object, received string",
    "destinations.1: Invalid input: expected object, received null",
    'destinations.2.address: "127.0.0.1" is this host, wanted the method local',
    "destinations.2.weight: wanted a whole number from 0 to 2147483647",
  ],
  [
    "half a tunnel and a wrong rest",
    {
      ...web,
      method: "tunnel",
      tunnel: { type: "vxlan", port: 1 },
      destinations: [{ ...destination, tunnel: { type: "gue", port: 0 } }, destination],
    },
    "tunnel.type: wanted one of ipip, gue, gre",
    "destinations.0.tunnel.port: wanted a whole number from 1 to 65535",
    'destinations.1: destination "10.0.0.1:80" stands here twice, wanted once',
  ],
  [
    "a misspelled name, which leaves its field open",
    { address: "192.0.2.1", port: 80, protcol: "udp", onePacket: true, slowStart: 5, scheduler: "rr" },
    ': Unrecognized key: "protcol"',
    'slowStart: scheduler is "rr", wanted one that goes by weights',
  ],
  [
    "an unknown name, which leaves nothing open",
    { ...web, colour: "red", onePacket: true },
    ': Unrecognized key: "colour"',
    'onePacket: protocol is "tcp", wanted "udp": only UDP has packets without a connection',
  ],
];
for (const [what, service, ...want] of beside) {
  test(`service with ${what} is refused for each by itself`, () => expect(problems(service)).toEqual(want));
}

test("document tells what is wrong in its own order, across the kinds of mistakes", () => {
  const wrong = { ...web, onePacket: true, persistence: { prefix: 64 }, slowStart: -1, sloppy: 7 };
  const found = tell({
    version: 2,
    services: [{ ...web, port: -1 }, wrong, wrong],
    marks: [{}, { mark: 1 }],
  });
  expect(found.map(([place]) => place)).toEqual([
    "version",
    "marks.0.mark",
    "marks.1",
    "services.0.port",
    "services.1.onePacket",
    "services.1.persistence.prefix",
    "services.1.sloppy",
    "services.1.slowStart",
    "services.2",
    "services.2.onePacket",
    "services.2.persistence.prefix",
    "services.2.sloppy",
    "services.2.slowStart",
  ]);
});

/** Everything that can be wrong across fields, with the fields that it takes to see it. */
const MISTAKES: [place: string, ...reads: string[]][] = [
  ["marks.1.destination", "marks.1.source"],
  ["marks.2", "marks.0.protocol", "marks.2.protocol", "marks.2.destinationPorts"],
  ["services.0.protocol", "services.0.mark"],
  ["services.0.address", "services.0.mark"],
  ["services.0.port", "services.0.mark"],
  ["services.0.persistence.engine", "services.0.protocol"],
  ["services.1.schedulerFlags", "services.1.scheduler"],
  ["services.1.persistence.prefix", "services.1.address"],
  ["services.1.tunnel", "services.1.method", "services.1.destinations.*.method"],
  ["services.1.tunnel.port", "services.1.tunnel.type"],
  ["services.1.sourceAddresses", "services.1.method", "services.1.destinations.*.method"],
  ["services.1.sourceAddresses.0", "services.1.address"],
  ["services.1.sourceAddresses.1"],
  ["services.1.sourceAddresses.2", "services.2.address"],
  ["services.1.helper", "services.1.protocol"],
  ["services.1.timeouts.tcp", "services.1.protocol"],
  ["services.1.allow.0", "services.1.address"],
  ["services.1.allow.3", "services.1.allow.2"],
  ["services.1.deny.0", "services.1.allow.1"],
  ["services.1.slowStart", "services.1.scheduler"],
  ["services.1.destinations.0.address", "services.1.address", "services.1.method"],
  ["services.1.destinations.1.port", "services.1.port", "services.1.destinations.1.method"],
  ["services.1.destinations.1.method", "services.1.helper"],
  ["services.1.destinations.2.tunnel", "services.1.method"],
  ["services.1.destinations.2.tunnel.checksum", "services.1.destinations.2.tunnel.type"],
  ["services.1.destinations.2.lowerThreshold", "services.1.destinations.2.upperThreshold"],
  [
    "services.1.destinations.3",
    "services.1.destinations.2.address",
    "services.1.destinations.3.address",
    "services.1.port",
  ],
  ["services.2.port"],
  ["services.2.onePacket", "services.2.protocol"],
  ["services.2.check.port", "services.2.check.type", "services.2.destinations"],
  ["services.2.destinations.0.address", "services.2.method"],
  ["services.2.destinations.1.address", "services.2.method", "services.2.address"],
  ["services.2.destinations.2.method", "services.2.sourceAddresses"],
];
const FULL = {
  version: 1,
  marks: [
    { mark: 1, protocol: "tcp" },
    { mark: 2, source: "10.0.0.0/8", destination: "::/0" },
    { mark: 3, protocol: "tcp", destinationPorts: "80" },
  ],
  services: [
    { mark: 7, protocol: "tcp", address: "192.0.2.3", port: 80, persistence: { engine: "sip" } },
    {
      protocol: "udp",
      address: "192.0.2.1",
      port: 80,
      scheduler: "rr",
      schedulerFlags: ["port"],
      persistence: { prefix: 64, timeout: 5 },
      method: "masquerade",
      tunnel: { type: "gue" },
      sourceAddresses: ["2001:db8::9", "224.0.0.1", "192.0.2.2"],
      helper: "ftp",
      timeouts: { tcp: { established: 5 } },
      allow: ["::/0", "10.0.0.0/8", "172.16.0.0/12", "172.16.0.0/12"],
      deny: ["10.0.0.0/8"],
      slowStart: 5,
      destinations: [
        { address: "2001:db8::7", weight: 3 },
        { address: "10.0.0.1", port: 81, method: "direct-route" },
        {
          address: "10.0.0.2",
          upperThreshold: 3,
          lowerThreshold: 4,
          tunnel: { type: "ipip", checksum: "full" },
        },
        { address: "10.0.0.2", drain: true },
      ],
    },
    {
      protocol: "sctp",
      address: "192.0.2.2",
      onePacket: true,
      method: "masquerade",
      check: { type: "http", path: "/", interval: 3 },
      destinations: [
        { address: "ff02::1" },
        { address: "192.0.2.2" },
        { address: "10.0.0.1", method: "full-nat" },
      ],
    },
  ],
};

test("document with every mistake across fields is told of each", () =>
  expect(tell(FULL).map(([place]) => place)).toEqual(MISTAKES.map(([place]) => place)));

const steps = (place: string): string[] => place.split(".");
/** Whether `place` is `whole` or a part of it; the step "*" may be any. */
const isIn = (place: string, whole: string): boolean =>
  whole === "" || steps(whole).every((step, i) => ["*", step].includes(steps(place)[i]!));

/** Another name for what stands at a place, or nothing of its kind. */
interface Damage {
  readonly place: string;
  readonly isRenamed: boolean;
}

/** Everything that can be done to a part of `value`. */
function damagesTo(value: unknown, around: string[] = []): Damage[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([step, inner]) => {
    const place = [...around, step].join(".");
    const ways = Array.isArray(value) ? [false] : [false, true];
    return [...ways.map((isRenamed) => ({ place, isRenamed })), ...damagesTo(inner, [...around, step])];
  });
}

type Fields = Record<string, unknown>;

function damaged(damages: readonly Damage[]): object {
  const document = structuredClone(FULL);
  for (const { place, isRenamed } of damages) {
    const name = steps(place).at(-1)!;
    const around = steps(place).slice(0, -1);
    const target = around.reduce((whole, step) => whole[step] as Fields, document as Fields);
    if (isRenamed) {
      target[`${name}s`] = target[name];
      delete target[name];
    } else target[name] = null;
  }
  return document;
}

/** Where `damages` were done, all mistakes are told that can be seen without, in order, and beside them nothing but the damages. */
function expectOthers(damages: readonly Damage[], hint: string): void {
  const isTouched = (field: string) => damages.some(({ place }) => isIn(field, place));
  const all = tell(FULL);
  const told = tell(damaged(damages));
  const isOld = ([place, message]: Told) => all.some(([p, m]) => p === place && m === message);
  const untouched = all.filter((_, i) => !MISTAKES[i]!.some(isTouched));
  expect(told.filter(isOld), hint).toEqual(untouched);
  const followUps = told.filter((t) => !isOld(t) && !damages.some(({ place }) => isIn(place, t[0])));
  expect(followUps, hint).toEqual([]);
}

const DAMAGES = damagesTo(FULL);

test("document with any one field malformed or misspelled is told of all mistakes elsewhere", () => {
  for (const damage of DAMAGES) expectOthers([damage], JSON.stringify(damage));
});

test("document with any two fields malformed or misspelled is told of all mistakes elsewhere", () => {
  const seed = Date.now() % 2 ** 31;
  let state = seed;
  const pick = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return DAMAGES[(state >>> 8) % DAMAGES.length]!;
  };
  for (let round = 0; round < 500; round++) {
    const [a, b] = [pick(), pick()];
    if (isIn(a.place, b.place) || isIn(b.place, a.place)) continue; // one damage
    expectOthers([a, b], `seed ${seed}: ${JSON.stringify([a, b])}`);
  }
});
