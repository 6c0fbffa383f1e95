import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { DocumentSpec, EMPTY_DOCUMENT, reviseDocument, specOf } from "./config.ts";
import { parseChange } from "./parse-change.ts";
import type { ServiceSpec } from "./service-spec.ts";

const service = (n: number, more: object = {}) => ({
  protocol: "tcp",
  address: `192.0.2.${n}`,
  port: 80,
  destinations: [{ address: `10.0.0.${n}` }, { address: `10.0.1.${n}` }],
  ...more,
});
const sound = DocumentSpec.parse({ version: 1, services: [service(1), service(2), service(3)] });
const [first, second, third] = sound.services as [ServiceSpec, ServiceSpec, ServiceSpec];
const raw = (n: number, more: object = {}) => service(n, more) as unknown as ServiceSpec;

const changes: readonly (readonly [what: string, services: ServiceSpec[]])[] = [
  ["nothing", [first, second, third]],
  ["a service more", [first, second, third, raw(4)]],
  ["a service less", [first, third]],
  ["another order", [third, first, second]],
  ["a changed service", [first, { ...second, scheduler: "rr" }, third]],
  ["defaults left out", [first, raw(2), third]],
  ["a field that is wrong", [first, second, raw(3, { port: 65_536 })]],
  ["a rule that is broken", [first, raw(2, { onePacket: true }), third]],
  ["a service twice", [first, second, third, raw(1)]],
  ["the same object twice", [first, second, first]],
  [
    "a virtual address that is another service's destination",
    [first, second, third, raw(1, { address: "10.0.0.2" })],
  ],
  [
    "a destination that is another service's virtual address",
    [raw(1, { destinations: [{ address: "192.0.2.2" }] }), second],
  ],
  [
    "a virtual address that is gone, as destination",
    [raw(4, { destinations: [{ address: "192.0.2.2" }] }), first],
  ],
];
for (const [what, services] of changes)
  test(`a change to ${what} is read as a document by itself would be`, () => {
    const after = { ...sound, services };
    const [got, wanted] = [parseChange(sound, after), DocumentSpec.safeParse(after)];
    expect(got.data).toEqual(wanted.data);
    expect(got.error?.issues).toEqual(wanted.error?.issues);
  });

test("what a change leaves alone stays the same object, in the document, too", () => {
  const before = reviseDocument(EMPTY_DOCUMENT, sound);
  const spec = specOf(before);
  const edited = { ...spec.services[1]!, scheduler: "rr" as const };
  const read = parseChange(spec, { ...spec, services: [spec.services[0]!, edited, spec.services[2]!] });
  const after = reviseDocument(before, read.data!);
  expect(after.services.map((s, i) => s === before.services[i])).toEqual([true, false, true]);
  expect(specOf(after).services[2]).toBe(spec.services[2]);
  expect(after.services.map((s) => s.id)).toEqual(before.services.map((s) => s.id));
});

test("ids are the same whether a service was left alone or written anew", () => {
  const before = reviseDocument(EMPTY_DOCUMENT, sound);
  const spec = specOf(before);
  const services = [spec.services[2]!, spec.services[0]!];
  const copies = services.map((s) => structuredClone(s));
  const [kept, anew] = [services, copies].map((s) => reviseDocument(before, { ...spec, services: s }));
  expect(isDeepStrictEqual(kept, anew)).toBe(true);
  const back = reviseDocument(kept!, { ...spec, services: [...services, copies[0]!].slice(1) });
  expect(back.services.map((s) => s.id)).toEqual([before.services[0]!.id, before.services[2]!.id]);
});
