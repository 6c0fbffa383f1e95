import { LbError } from "@tandem/model";
import { expect, test } from "vitest";
import { type AuditedCall, auditedCall } from "./audit.ts";
import { connectNode } from "./client.ts";
import { serveSample } from "./testing/served.ts";

const caller = { role: "admin", from: "unix socket" } as const;
const says = (request: object): string =>
  auditedCall("ApplyDocument", request, { caller, changes: true }).says;

const cases: [what: string, request: object, want: string][] = [
  ["nothing", {}, ""],
  [
    "texts, numbers and switches",
    { destination: "10.0.0.1", undo: true, limit: 3, reset: false },
    "destination 10.0.0.1, undo yes, limit 3, reset no",
  ],
  ["what is absent or empty", { service: undefined, states: [], filter: null, input: "" }, ""],
  ["words", { args: ["-L", "-n"] }, "args [-L -n]"],
  ["a document by its size", { services: [{}, {}], version: 1 }, "services (2), version 1"],
  [
    "fields within fields",
    { filter: { client: "1.2.3.4", states: ["A"] } },
    "filter {client 1.2.3.4, states [A]}",
  ],
  ["lines", { input: "-A\n\t-t x\n" }, "input -A -t x "],
  ["the author apart", { author: "ops", on: false }, "on no"],
];
for (const [what, request, want] of cases) {
  test(`a call is told with ${what}`, () => expect(says(request)).toBe(want));
}

const typed: [
  method: AuditedCall["method"],
  request: object,
  command: string | undefined,
  want: string | undefined,
][] = [
  [
    "RunIpvsadm",
    { args: ["-A", "-t", "192.0.2.1:80", "it's"] },
    undefined,
    "ipvsadm -A -t 192.0.2.1:80 'it'\\''s'",
  ],
  ["RunIpvsadm", { args: ["-C"] }, "tandem ipvsadm -C", "tandem ipvsadm -C"],
  ["ApplyDocument", { services: [] }, "tandem set 10.0.0.1 weight=5", "tandem set 10.0.0.1 weight=5"],
  ["ApplyDocument", { services: [] }, undefined, undefined],
];
for (const [method, request, command, want] of typed) {
  test(`a call of ${method} is told as ${want ?? "nothing that was typed"}`, () => {
    const by = { ...caller, ...(command !== undefined && { command }) };
    expect(auditedCall(method, request, { caller: by, changes: true }).command).toBe(want);
  });
}

test("what was typed arrives with the call, cut, and without what would steer a terminal", async () => {
  const told: AuditedCall[] = [];
  const audit = {
    around<T>(call: AuditedCall, act: () => Promise<T>): Promise<T> {
      told.push(call);
      return act();
    },
  };
  const { socketPath } = await serveSample({}, { audit });
  const node = connectNode(socketPath, {
    command: ["tandem", "maintenance", "an\u009b31m", "ü".repeat(600)],
  });
  await node.setMaintenance({ on: true, author: "ops" });
  node.close();
  const [{ command = "" } = {}] = told;
  expect(command.startsWith("tandem maintenance 'an\ufffd31m' 'üü")).toBe(true);
  expect(command).toHaveLength(500);
});

test("a call is told without what would steer a terminal", () => {
  const spoof = "\u001b[2J\u009b31m\u202eops\r\n";
  const call = auditedCall(
    "DrainDestination",
    { author: spoof, destination: spoof },
    { caller, changes: true },
  );
  const shown = "\ufffd[2J\ufffd31m\ufffdops ";
  expect([call.author, call.says]).toEqual([shown, `destination ${shown}`]);
});

test("a call with a long request is told with its beginning", () => {
  expect(says({ input: "\ud83d\ude00".repeat(5000) })).toHaveLength(500);
  expect(says({ args: new Array(5000).fill("x\ud83d\ude00") }).isWellFormed()).toBe(true);
});

test("calls with one answer are told with who makes them, also those that are refused", async () => {
  const told: [AuditedCall["method"], string, string][] = [];
  const audit = {
    async around<T>(call: AuditedCall, act: () => Promise<T>): Promise<T> {
      const outcome = await act().then(
        () => "done",
        (error) => error.failure.code,
      );
      told.push([call.method, call.author, outcome]);
      return act();
    },
  };
  const drain = async () => {
    throw new LbError({ code: "not_found", what: "destination", key: "x" });
  };
  const { socketPath } = await serveSample({ drain }, { audit });
  const node = connectNode(socketPath);
  await node.setMaintenance({ on: true, author: "ops" });
  await expect(node.drain({ destination: "10.0.0.1", undo: false, author: "eve" })).rejects.toThrow(
    "Cannot find",
  );
  await node.status();
  node.close();
  expect(told).toEqual([
    ["SetMaintenance", "ops", "done"],
    ["DrainDestination", "eve", "not_found"],
    ["GetStatus", "", "done"],
  ]);
});
