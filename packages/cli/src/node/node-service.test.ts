import { DestinationSpec, LbError } from "@tandem/model";
import { expect, test } from "vitest";
import { createTestService, spec } from "./testing-service.ts";

test("an applied document says whether it changed anything", async () => {
  const { api } = createTestService();
  const lighter = { ...spec, services: spec.services.slice(0, 1) };
  expect(await api.apply(spec, { author: "ann" })).toEqual({ revision: 1, changed: false, warnings: [] });
  expect(await api.apply(lighter, { author: "ann", expectedRevision: 1 })).toEqual({
    revision: 2,
    changed: true,
    warnings: [],
  });
  expect((await api.document()).revision).toBe(2);
});

test("a document for another revision is refused with both", async () => {
  const { api } = createTestService();
  const applying = api.apply(spec, { author: "ann", expectedRevision: 7 });
  await expect(applying).rejects.toThrow(new LbError({ code: "stale_revision", have: 7, current: 1 }));
});

test("a document is tried without a change", async () => {
  const { api } = createTestService();
  const lighter = { ...spec, services: spec.services.slice(0, 1) };
  const dryly = { author: "ann", dryRun: true };
  expect(await api.apply(lighter, dryly)).toEqual({ revision: 1, changed: true, warnings: [] });
  expect(await api.apply(spec, dryly)).toEqual({ revision: 1, changed: false, warnings: [] });
  await expect(api.apply(spec, { ...dryly, expectedRevision: 7 })).rejects.toThrow("it is at revision 1");
  expect((await api.document()).revision).toBe(1);
});

for (const dryRun of [false, true]) {
  test(`a document with a tunnel too narrow is refused${dryRun ? " when it is tried" : ""}`, async () => {
    const { api } = createTestService({ mtu: 590 });
    const [, , tunnelled] = spec.services;
    const more = {
      ...tunnelled!,
      destinations: [...tunnelled!.destinations, DestinationSpec.parse({ address: "10.0.0.9" })],
    };
    const applying = api.apply({ ...spec, services: [more] }, { author: "ann", dryRun });
    await expect(applying).rejects.toMatchObject({
      failure: { code: "invalid_document", problems: [{ path: "services[0].destinations[2]" }] },
    });
    expect((await api.document()).revision).toBe(1);
  });
}

test("a tunnel too narrow that stands in the document already is told with every change", async () => {
  const { api } = createTestService({ mtu: 590 });
  const { changed, warnings } = await api.apply(
    { ...spec, services: spec.services.slice(2) },
    { author: "ann" },
  );
  expect(changed).toBe(true);
  expect(warnings).toEqual([
    expect.stringMatching(/^The tunnel of "mark 7 ipv4 -> 10\.0\.0\.7:0" has room for packets of 566: /),
    expect.stringMatching(/^The tunnel of "mark 7 ipv4 -> 10\.0\.0\.8:0" has room for packets of 570: /),
  ]);
});

test("draining is an edit of the document that names what it found", async () => {
  const { api } = createTestService();
  const request = { destination: "10.0.0.2", undo: false, author: "ann" };
  expect(await api.drain(request)).toEqual({
    revision: 2,
    destinations: ["tcp 192.0.2.1:80 -> 10.0.0.2:8080"],
  });
  const drained = (await api.document()).services[0]!.destinations.map((d) => d.drain);
  expect(drained).toEqual([false, true, false]);
  await expect(api.drain({ ...request, destination: "10.9.9.9" })).rejects.toThrow(
    'Cannot find destination "10.9.9.9"',
  );
  expect((await api.document()).revision).toBe(2);
});
