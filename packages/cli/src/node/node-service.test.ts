import { LbError } from "@tandem/model";
import { expect, test } from "vitest";
import { createTestService, spec } from "./testing-service.ts";

test("an applied document says whether it changed anything", async () => {
  const { api } = createTestService();
  const lighter = { ...spec, services: spec.services.slice(0, 1) };
  expect(await api.apply(spec, { author: "ann" })).toEqual({ revision: 1, changed: false });
  expect(await api.apply(lighter, { author: "ann", expectedRevision: 1 })).toEqual({
    revision: 2,
    changed: true,
  });
  expect((await api.document()).revision).toBe(2);
});

test("a document for another revision is refused with both", async () => {
  const { api } = createTestService();
  const applying = api.apply(spec, { author: "ann", expectedRevision: 7 });
  await expect(applying).rejects.toThrow(new LbError({ code: "stale_revision", have: 7, current: 1 }));
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
