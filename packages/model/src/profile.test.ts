import { expect, test } from "vitest";
import { DocumentSpec } from "./config.ts";
import { PROFILES, profileOf, withProfile } from "./profile.ts";

const web = { protocol: "tcp", address: "192.0.2.1", port: 80 };
const lvs = { profile: "lvs" };

test("a document with the profile lvs behaves as the kernel where it says nothing", () => {
  const { settings, services } = DocumentSpec.parse({ version: 1, settings: lvs, services: [web] });
  expect(settings).toMatchObject({ profile: "lvs", midStream: "host", unmatchedReply: "forward" });
  expect(services[0]).toMatchObject({ whenDown: "drop", whenRemoved: "drop" });
});

test("what a document says beside its profile wins, ours included", () => {
  const settings = { ...lvs, midStream: "drop" };
  const services = [{ ...web, whenDown: "keep", whenRemoved: "reset" }];
  const read = DocumentSpec.parse({ version: 1, settings, services });
  expect(read.settings).toMatchObject({ midStream: "drop", unmatchedReply: "forward" });
  expect(read.services[0]).toMatchObject({ whenDown: "keep", whenRemoved: "reset" });
});

test("a document without a profile has our defaults, and none in it", () => {
  const { settings, services } = DocumentSpec.parse({ version: 1, services: [web] });
  expect(settings).not.toHaveProperty("profile");
  expect(settings).toMatchObject({ midStream: "drop", unmatchedReply: "drop" });
  expect(services[0]).toMatchObject({ whenDown: "keep", whenRemoved: "keep" });
  expect(profileOf(settings)).toEqual({ settings: {}, service: {} });
});

test("a document that was read reads the same again", () => {
  const read = DocumentSpec.parse({ version: 1, settings: lvs, services: [web] });
  expect(DocumentSpec.parse(read)).toEqual(read);
});

test("a profile differs from our defaults in every field that it names", () => {
  const ours = DocumentSpec.parse({ version: 1, services: [web] });
  for (const { settings, service } of Object.values(PROFILES)) {
    for (const [name, value] of Object.entries(settings))
      expect(ours.settings[name as keyof typeof settings]).not.toEqual(value);
    for (const [name, value] of Object.entries(service))
      expect(ours.services[0]![name as keyof typeof service]).not.toEqual(value);
  }
});

const strange = [
  undefined,
  null,
  7,
  "lvs",
  [],
  {},
  { settings: null },
  { settings: { profile: "toString" } },
];
for (const written of strange) {
  test(`${JSON.stringify(written)} has no profile and is left as it is`, () =>
    expect(withProfile(written)).toBe(written));
}

test("what stands among services and is none is left to the reader", () => {
  const written = { version: 1, settings: lvs, services: [7, null, "x"] };
  expect(withProfile(written)).toMatchObject({ services: [7, null, "x"] });
  expect(withProfile({ settings: lvs, services: 7 })).toMatchObject({ services: 7 });
  const { error } = DocumentSpec.safeParse({ version: 1, settings: { profile: "ours" } });
  expect(error?.issues.map((i) => [i.path.join("."), i.message])).toEqual([
    ["settings.profile", "wanted one of lvs"],
  ]);
});
