import { expect, test } from "vitest";
import { createTestDirector, type TestDirector } from "../testing.ts";
import { A, B, CLIENT, connectFrom, sendFrom, web } from "../testing-clients.ts";

/** Bring a client's first connection, which is with A, into a state. */
const into: Record<string, (d: TestDirector) => void> = {
  ESTABLISHED: (d) => connectFrom(d, CLIENT, 1001),
  CLOSE(d) {
    into.ESTABLISHED!(d);
    sendFrom(d, CLIENT, { fromPort: 1001, flags: "R" });
  },
  TIME_WAIT(d) {
    into.ESTABLISHED!(d);
    sendFrom(d, CLIENT, { fromPort: 1001, flags: "FA" });
    sendFrom(d, A, { fromPort: 80, to: CLIENT, toPort: 1001, flags: "FA" });
  },
  "one-way FIN_WAIT"(d) {
    into.ESTABLISHED!(d);
    sendFrom(d, CLIENT, { fromPort: 1001, flags: "FA" });
  },
};

const quiesced = new Map([[2, 0]]);
const cases: [string, { settings: object; service?: object; weights?: Map<number, number> }, string][] = [
  ["ESTABLISHED", { settings: {} }, A],
  ["TIME_WAIT", { settings: {} }, B],
  ["CLOSE", { settings: {} }, B],
  ["TIME_WAIT", { settings: { reuse: "never" } }, A],
  ["TIME_WAIT", { settings: { reuse: "one-way" } }, B],
  ["TIME_WAIT", { settings: { reuse: "never" }, weights: quiesced }, A],
  ["TIME_WAIT", { settings: { reuse: "never", rescheduleQuiesced: true }, weights: quiesced }, B],
  ["ESTABLISHED", { settings: { rescheduleQuiesced: true }, weights: quiesced }, B],
  ["ESTABLISHED", { settings: {}, weights: quiesced }, A],
  ["one-way FIN_WAIT", { settings: {}, service: { method: "direct-route" } }, A],
  ["one-way FIN_WAIT", { settings: { reuse: "one-way" }, service: { method: "direct-route" } }, B],
  // what hangs on a template stays where it is, though the template leads there no more
  [
    "TIME_WAIT",
    { settings: { expireQuiescentTemplate: true }, service: { persistence: {} }, weights: quiesced },
    A,
  ],
];
for (const [state, { settings, service, weights }, want] of cases) {
  const how = JSON.stringify({ ...settings, ...service, ...(weights && { weight: 0 }) });
  test(`a SYN that meets ${state} goes to ${want === A ? "the same" : "another"} destination with ${how}`, () => {
    const d = createTestDirector();
    d.configure([{ ...web, ...service }], { settings });
    into[state]!(d);
    if (weights) d.believe({ weights });
    expect(sendFrom(d, CLIENT, { fromPort: 1001 })).toBe(want);
    expect(d.table.size).toBe(service && "persistence" in service ? 2 : 1);
  });
}

test("a new connection from the port of one that is over counts anew", () => {
  const d = createTestDirector();
  d.configure([web]);
  into.TIME_WAIT!(d);
  sendFrom(d, CLIENT, { fromPort: 1001 });
  const counts = [...d.services.services][0]!.destinations.map((x) => [
    x.active,
    x.inactive,
    x.totals.connections,
  ]);
  expect(counts).toEqual([
    [0, 0, 1],
    [1, 0, 1],
  ]);
});

test("an INIT that meets a closed association is scheduled anew, one that meets another is not", () => {
  const d = createTestDirector();
  d.configure([{ ...web, protocol: "sctp" }]);
  const init = { protocol: "sctp", chunks: ["init"] } as const;
  expect(sendFrom(d, CLIENT, init)).toBe(A);
  expect(sendFrom(d, CLIENT, init)).toBe(A);
  sendFrom(d, CLIENT, { protocol: "sctp", chunks: ["abort"] });
  expect(sendFrom(d, CLIENT, init)).toBe(B);
});

test("a new connection of a firewall mark may meet an old one, though the fast path does not say the mark again", () => {
  const d = createTestDirector();
  d.configure([{ mark: 7, scheduler: "rr", destinations: web.destinations }]);
  const packet = { fromPort: 1001, mark: 7 };
  connectFrom(d, CLIENT, 1001, packet);
  sendFrom(d, CLIENT, { ...packet, flags: "R" });
  expect(sendFrom(d, CLIENT, packet)).toBe(B);
});
