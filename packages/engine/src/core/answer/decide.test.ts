import { expect, test } from "vitest";
import { TcpState } from "../../protocols/tcp.ts";
import { stateOf } from "../record.ts";
import { createTestDirector, type TestDirector } from "../testing.ts";
import { A, fromClient, webOfOne } from "../testing-clients.ts";
import { REASONS, type Reason } from "../verdict.ts";
import { createDecider } from "./decide.ts";

const sloppy = { ...webOfOne, port: 82, sloppy: true };
const direct = { ...webOfOne, port: 81, method: "direct-route" };

/** The core's answer to a packet that comes up for a reason, whatever the fast path would say of it. */
function decide(d: TestDirector, reason: Reason, packet: Uint8Array) {
  const decider = createDecider(d.context);
  const upcall = {
    ifindex: 1,
    reason: REASONS[reason].number,
    family: packet[0]! >>> 4 === 4 ? (4 as const) : (6 as const),
    packet,
    packetBytes: packet.length,
    gsoSize: 0,
    gsoSegments: 1,
    mark: 0,
    mtu: 0,
  };
  return { ...decider(upcall, d.clock.now) };
}

function directorWith(...flags: string[]): TestDirector {
  const d = createTestDirector();
  d.configure([webOfOne, direct, sloppy]);
  for (const f of flags) {
    d.receive(fromClient(f));
  }
  return d;
}

test("nobody is told of a packet whose connection is gone meanwhile", () => {
  for (const reason of ["ttl_exceeded", "fib_frag_needed"] as const) {
    const d = directorWith();
    decide(d, reason, fromClient("A", { ttl: 1 }));
    d.settle();
    expect(d.dataplane.sent).toEqual([]);
  }
});

const answers: [Reason, Uint8Array, Reason][] = [
  ["new_flow", fromClient("S"), "scheduled"],
  ["mid_stream_sloppy", fromClient("A", { toPort: 82 }), "scheduled"],
  ["syn_on_flow", fromClient("S"), "scheduled"], // gone meanwhile
  ["new_flow", fromClient("S", { toPort: 22 }), "no_service"],
  ["new_flow", fromClient("S").subarray(0, 30), "core_malformed"],
  ["fib_blackhole", fromClient("A"), "core_unroutable"],
  ["fib_failed", fromClient("A"), "core_unroutable"],
  ["fib_no_neighbour", fromClient("A"), "core_unroutable"], // gone meanwhile
  ["forwarded", fromClient("A"), "core_malformed"], // no upcall at all
];
for (const [reason, packet, want] of answers) {
  test(`core answers ${reason} with ${want}`, () => {
    const decision = decide(directorWith(), reason, packet);
    expect(decision.reason).toBe(want);
    expect(decision.inject).toBe(want === "scheduled" ? "flow" : undefined);
  });
}

for (const reason of ["new_flow", "fib_no_neighbour"] as const) {
  test(`core rejoins the packets of a flow that it knows already after ${reason}`, () => {
    const d = directorWith("S");
    expect(decide(d, reason, fromClient("S"))).toEqual({
      reason: "rejoined",
      inject: "flow",
      index: 0,
      destination: 0,
    });
    expect(d.table.size).toBe(1);
  });
}

test("core drops for lack of a destination, of a record", () => {
  const d = createTestDirector({ capacity: 1 });
  d.configure([{ ...webOfOne, destinations: [{ address: A, weight: 0 }] }]);
  expect(decide(d, "new_flow", fromClient("S")).reason).toBe("refused");
  d.configure([webOfOne]);
  expect(decide(d, "new_flow", fromClient("S")).reason).toBe("scheduled");
  expect(decide(d, "new_flow", fromClient("S", { fromPort: 1 })).reason).toBe("table_full");
});

const reuses: [string, string[], string, Reason][] = [
  ["half open", ["S"], "S", "rejoined"],
  ["established", ["S", "A"], "S", "rejoined"],
  ["closed", ["S", "R", "A", "R"], "S", "scheduled"],
  ["closed", ["S", "A", "R"], "SR", "mid_stream"], // which ends it, and opens nothing
];
for (const [state, before, flags, want] of reuses) {
  test(`${flags} that meets a ${state} connection is ${want}`, () => {
    const d = directorWith(...before);
    expect(decide(d, "syn_on_flow", fromClient(flags)).reason).toBe(want);
    expect(d.table.size).toBe(want === "mid_stream" ? 0 : 1);
  });
}

test("a reused port gets a new record while the old one rests", () => {
  const d = directorWith("S", "A", "R");
  d.dataplane.receive(1, fromClient("S"));
  expect(d.settle()).toEqual(["scheduled"]);
  expect(stateOf(d.table.records[4], 1)).toBe(TcpState.synRecv);
  expect(d.dataplane.sent).toHaveLength(4);
});
