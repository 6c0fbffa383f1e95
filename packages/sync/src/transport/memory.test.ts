import { expect, test } from "vitest";
import { createMemoryBus, matchesSubject } from "./memory.ts";
import { transportContract } from "./transport.contract.ts";

transportContract("memory transport", async () => {
  const bus = createMemoryBus();
  const a = bus.connect("a");
  const b = bus.connect("b");
  const setConnected = async (isConnected: boolean) => {
    for (const t of [a, b]) t.setConnected(isConnected);
  };
  return {
    a,
    b,
    cut: () => setConnected(false),
    heal: () => setConnected(true),
    close: async () => {
      await a.close();
      await b.close();
    },
  };
});

test("memory bus leaves the fate of each delivery to its carrier", () => {
  const bus = createMemoryBus((d) => {
    if (d.subject === "twice") d.deliver();
    if (d.subject !== "lost") d.deliver();
  });
  const heard: string[] = [];
  const a = bus.connect("a");
  const b = bus.connect("b");
  for (const subject of ["twice", "lost", "once"]) b.subscribe(subject, () => heard.push(subject));
  for (const subject of ["twice", "lost", "once"]) a.publish(subject, new Uint8Array(1));
  expect(heard).toEqual(["twice", "twice", "once"]);
});

const matches = [
  { pattern: "a.b", subject: "a.b", want: true },
  { pattern: "a.*", subject: "a.b", want: true },
  { pattern: "a.*", subject: "a", want: false },
  { pattern: "a.*", subject: "a.b.c", want: false },
  { pattern: "*.b", subject: "a.c", want: false },
];
for (const { pattern, subject, want } of matches) {
  test(`"${pattern}" ${want ? "covers" : "does not cover"} "${subject}"`, () =>
    expect(matchesSubject(pattern, subject)).toBe(want));
}
