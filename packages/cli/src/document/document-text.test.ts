import type { DocumentSpec } from "@tandem/model";
import { expect, test } from "vitest";
import { documentText, keptText, plainText } from "./document-text.ts";
import { loadDocument } from "./load-document.ts";

const TEXT = `# Shop: ask Ann before you change anything
version: 1

services:
  # the web
  - protocol: tcp
    address: 192.0.2.1 # from the provider
    port: 80
    scheduler: "wrr"   # since the sale
    destinations:
      # left rack
      - address: 10.0.0.1
        weight: 5 # half as fast
      - {address: 10.0.0.2, weight: 10} # right rack

  # names
  - protocol: udp
    address: 192.0.2.1
    port: 53
    destinations: [{address: 10.0.0.9, weight: 1}]
# the end
`;
const read = (text: string) => loadDocument(text, "d.yaml");

/** The text after a change of the document that it says. */
function after(change: (spec: DocumentSpec) => void, text = TEXT): string {
  const spec = structuredClone(read(text));
  change(spec);
  const changed = documentText(spec, text);
  expect(read(changed)).toEqual(spec);
  return changed;
}

test("a text that says what the document does comes back as it was written", () => {
  expect(after(() => {})).toBe(TEXT);
});

test("a changed field changes its value alone, with the comments around it", () => {
  const changed = after((spec) => {
    spec.services[0]!.scheduler = "wlc"; // the default
    spec.services[0]!.destinations[0]!.weight = 7;
    spec.services[0]!.destinations[1]!.weight = 0;
  });
  expect(changed).toBe(
    TEXT.replace('    scheduler: "wrr"   # since the sale\n', "")
      .replace("weight: 5", "weight: 7")
      .replace("weight: 10", "weight: 0")
      .replace("# the end", "\n# the end"),
  );
});

test("new fields, destinations and services are added, without defaults", () => {
  const changed = after((spec) => {
    spec.settings.dropEntry = "auto";
    spec.services[0]!.check = { type: "tcp", interval: 5, timeout: 1, rise: 2, fall: 3 };
    spec.services[0]!.destinations.unshift({ ...spec.services[0]!.destinations[0]!, address: "10.0.0.3" });
    spec.services.push({ ...spec.services[1]!, port: 5353 });
  });
  expect(changed).toContain("settings:\n  dropEntry: auto\n");
  expect(changed).toContain("    check:\n      type: tcp\n      interval: 5\n");
  expect(changed).toContain("      - address: 10.0.0.3\n        weight: 5\n");
  for (const comment of TEXT.match(/#.*/g)!) expect(changed).toContain(comment);
});

test("what is removed takes its own comments away, and what moves keeps them", () => {
  const changed = after((spec) => {
    spec.services.reverse();
    spec.services[1]!.destinations.shift();
  });
  expect(changed).toContain("  # names\n  - protocol: udp");
  expect(changed).toContain("right rack");
  expect(changed).not.toContain("half as fast");
});

test("what aliases say for several places is not changed for all of them", () => {
  const text = `version: 1
services:
  - &web {protocol: tcp, address: 192.0.2.1, port: 80, destinations: &racks [{address: 10.0.0.1, weight: 5}]}
  - {protocol: tcp, address: 192.0.2.1, port: 443, destinations: *racks} # the same racks
`;
  const changed = after((spec) => {
    spec.services[0]!.destinations = [{ ...spec.services[0]!.destinations[0]!, weight: 6 }];
  }, text);
  expect(changed).toContain("weight: 6");
});

test("a text that cannot be read any more, or none, gives way to a plain one", () => {
  const spec = read(TEXT);
  for (const text of [undefined, "version: 2", "- : -", "", "{"])
    expect(documentText(spec, text)).toBe(plainText(spec));
});

test("a text in JSON stays JSON", () => {
  const text = JSON.stringify(read(TEXT), null, 2);
  expect(JSON.parse(after((spec) => void (spec.services[0]!.port = 81), text))).toMatchObject({
    services: [{ port: 81 }, {}],
  });
});

test("the line that tells the revision of a printed document is not kept", () => {
  expect(keptText(`# revision 42\n${TEXT}`)).toBe(TEXT);
  expect(keptText(TEXT)).toBe(TEXT);
});

test("any change of a document is found in the text again", () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  let state = seed;
  const random = (n: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * n);
  };
  let text = TEXT;
  for (let i = 0; i < 60; i++) {
    const spec = structuredClone(read(text));
    const service = spec.services[random(spec.services.length)]!;
    const changes = [
      () => void (service.scheduler = random(2) ? "rr" : "wlc"),
      () => service.destinations.reverse(),
      () => service.destinations.splice(random(3), 1),
      () =>
        service.destinations.push({ ...read(TEXT).services[0]!.destinations[0]!, address: `10.0.1.${i}` }),
      () => spec.services.reverse(),
      () => void (service.allow = random(2) ? [] : ["10.0.0.0/8", "192.0.2.0/24"]),
      () => void (service.port = 1000 + i),
      () => void (spec.settings.dropRate = 1 + random(3) * 9),
    ];
    changes[random(changes.length)]!();
    const next = documentText(spec, text);
    expect(read(next), `seed ${seed}, step ${i}`).toEqual(spec);
    text = next;
  }
  expect(text, `seed ${seed}`).toContain("# Shop");
});
