/** Scenarios through the BPF programs. */
import {
  BUDGET,
  BUDGET_PREFIX,
  EVENT,
  INJECT,
  RECORD,
  RECORD_BYTES,
  UPCALL,
} from "../../packages/engine/src/core/layout.ts";
import { REASONS, type Reason, VERDICT, type Verdict } from "../../packages/engine/src/core/verdict.ts";
import { createKernelCapture } from "../../packages/engine/src/dataplane/kernel/capture.ts";
import { bpfChecked, libbpf } from "../../packages/engine/src/dataplane/kernel/libbpf.ts";
import { scanEntries } from "../../packages/engine/src/dataplane/kernel/map-scan.ts";
import { MAPPED_BITS, writeMapped } from "../../packages/engine/src/dataplane/kernel/mapped-address.ts";
import type { Topology } from "../../packages/engine/src/dataplane/kernel/testing/topology.ts";
import { createTestRun } from "./bpf-run.ts";
import { policyOf } from "./configuration.ts";
import { type Hook, PLACES } from "./network.ts";
import { bytesOf, hex } from "./packets.ts";
import { loadPrograms } from "./programs.ts";
import {
  CAPTURE_ALL,
  encodeRecord,
  flowKeys,
  type HandedUp,
  NEVER_SEEN,
  type Outcome,
  type PolicyChoice,
  RECORD_INDEX,
  type Scenario,
  type Shown,
  shownOf,
} from "./scenario.ts";

const ETHERNET_BYTES = 14;
const ETHER_TYPES = { 0: [0x08, 0x06], 4: [0x08, 0x00], 6: [0x86, 0xdd] } as const;
const OTHER_MAC = [2, 9, 9, 9, 9, 9];
const INJECT_MAC = [2, INJECT.flow, 0, 0, 0, 0];
/** struct observation (shapes.h), in words: verdict, reason, bytes of next hop, next hop; 32 bytes per CPU. */
const OBSERVATION = { verdict: 0, reason: 1, nextHopBytes: 2, nextHop: 3, strideBytes: 32 } as const;
const UNTOUCHED = 0xffff_ffff;
/** What the program returns by verdict; XDP forwards with XDP_TX or XDP_REDIRECT. */
const RESULTS: Readonly<Record<Hook, Record<Verdict, readonly number[]>>> = {
  tc: { pass: [-1], drop: [2], upcall: [2], forward: [7] },
  xdp: { pass: [2], drop: [1], upcall: [1], forward: [3, 4] },
  inject: { pass: [0], drop: [2], upcall: [2], forward: [7] },
};
/** Budgets' windows are 2^30 ns long. */
const WINDOW_SHIFT = 30n;
/** A stamp may be that much older than now, in ticks of 2^20 ns: the clock is coarse and the machine busy. */
const STAMP_TOLERANCE_TICKS = 2000;

export interface KernelSide {
  /** Undefined if the kernel does not run a test with so short a packet. */
  run(scenario: Scenario): Outcome | undefined;
  close(): void;
}

/** The programs, loaded and configured; each run leaves nothing behind. */
export function createKernelSide(topology: Topology, object: { path?: string } = {}): KernelSide {
  const lib = libbpf();
  const programs = loadPrograms(topology, { isObserved: true, ...object });
  const { records, flows, upcalls, events } = programs;
  const observations = Buffer.alloc(lib.possibleCpus() * OBSERVATION.strideBytes);
  const runs = {
    tc: createTestRun(programs.programFd("tc"), "tc"),
    xdp: createTestRun(programs.programFd("xdp"), "xdp"),
    inject: createTestRun(programs.programFd("inject"), "inject"),
  };

  const capture = createKernelCapture(programs.mapFd);
  capture.setCapture(CAPTURE_ALL);

  function arrange({ family, connection }: Scenario): void {
    const record = records[family].subarray(RECORD_INDEX * RECORD_BYTES[family]);
    record.fill(0, 0, RECORD_BYTES[family]);
    if (!connection) return;
    record.set(encodeRecord(family, connection));
    for (const [direction, key] of flowKeys(family, connection).entries()) {
      flows[family].insert(key, RECORD_INDEX, direction);
    }
    flows[family].flush(() => {
      throw new Error("no room for a flow");
    });
  }

  let chosen: PolicyChoice | undefined;
  function choosePolicy(policy: PolicyChoice | undefined): void {
    if (policy !== chosen) programs.setPolicy(policyOf(policy));
    chosen = policy;
  }

  /** Forget all budgets, and let the client's be used up so far. */
  function spend(family: 4 | 6, used: number): void {
    const fd = programs.mapFd("budgets");
    for (const { key } of [...scanEntries(fd, { key: 16, value: BUDGET.size })]) lib.delete(fd, key);
    const value = new Uint32Array(BUDGET.size / 4);
    value[BUDGET.window] = windowNow();
    value[BUDGET.used] = used;
    bpfChecked(lib.update(fd, budgetKey(family), value, 0n), "spend a budget");
  }

  function clear({ family, connection }: Scenario): void {
    if (!connection) return;
    for (const key of flowKeys(family, connection)) flows[family].delete(key);
    flows[family].flush(() => {});
  }

  function frameOf(s: Scenario): Uint8Array {
    const to = s.isForHost ? topology.director[s.side].mac : OTHER_MAC;
    return Uint8Array.from([...to, ...INJECT_MAC, ...ETHER_TYPES[s.etherFamily], ...s.packet]);
  }

  function arrivalOf(s: Scenario) {
    const { gsoSize, mark } = s;
    return { frame: frameOf(s), ifindex: topology.director[s.side].index, gsoSize, mark };
  }

  /** What the program left on the CPU that it ran on. */
  function observation(): Pick<Outcome, "verdict" | "reason" | "nextHop"> {
    bpfChecked(
      lib.lookup(programs.mapFd("observed"), new Uint32Array(1), observations),
      "read the observation",
    );
    for (let at = 0; at < observations.length; at += OBSERVATION.strideBytes) {
      const word = (index: number) => observations.readUInt32LE(at + index * 4);
      if (word(OBSERVATION.reason) === UNTOUCHED) continue;
      const hop = at + OBSERVATION.nextHop * 4;
      return {
        verdict: nameOf(VERDICT, word(OBSERVATION.verdict)),
        reason: reasonOf(word(OBSERVATION.reason)),
        nextHop: hex(observations.subarray(hop, hop + word(OBSERVATION.nextHopBytes))),
      };
    }
    throw new Error("the program observed nothing");
  }

  function takeEvents(): Outcome["events"] {
    const taken: Outcome["events"] = [];
    events.drain(Number.MAX_SAFE_INTEGER, (at) => {
      const word = (field: number) => events.data.readUInt32LE(at + field * 4);
      taken.push({
        index: word(EVENT.familyIndex),
        generation: word(EVENT.generation),
        before: word(EVENT.before),
        after: word(EVENT.after),
      });
    });
    return taken;
  }

  function takeUpcalls(): HandedUp[] {
    const taken: HandedUp[] = [];
    upcalls.drain(Number.MAX_SAFE_INTEGER, (at) => {
      const word = (field: number) => upcalls.data.readUInt32LE(at + field);
      const packet = upcalls.data.subarray(at + UPCALL.size, at + UPCALL.size + word(UPCALL.packetBytes));
      taken.push({ packet: hex(packet), mark: word(UPCALL.mark), mtu: word(UPCALL.mtu) });
    });
    return taken;
  }

  function takeCaptured(): Shown[] {
    const taken: Shown[] = [];
    capture.drainCaptured(Number.MAX_SAFE_INTEGER, (packet) => taken.push(shownOf(packet)));
    return taken;
  }

  /** A budget's window may end while the program runs: then once more. */
  function run(scenario: Scenario): Outcome | undefined {
    for (;;) {
      const window = windowNow();
      if (scenario.policy?.budget) spend(scenario.family, scenario.policy.spent ?? 0);
      const outcome = runOnce(scenario);
      if (!scenario.policy?.budget || windowNow() === window) return outcome;
    }
  }

  function runOnce(scenario: Scenario): Outcome | undefined {
    arrange(scenario);
    choosePolicy(scenario.policy);
    observations.fill(0xff);
    bpfChecked(
      lib.update(programs.mapFd("observed"), new Uint32Array(1), observations, 0n),
      "clear the observation",
    );
    const done = runs[scenario.hook](arrivalOf(scenario));
    clear(scenario);
    if (done.error < 0) return undefined;
    const seen = observation();
    const allowed = RESULTS[scenario.hook][seen.verdict];
    if (!allowed.includes(done.result)) throw new Error(`verdict ${seen.verdict}, result ${done.result}`);
    const { family } = scenario;
    const at = RECORD_INDEX * RECORD_BYTES[family];
    const words = [...new Uint32Array(records[family].slice(at, at + RECORD_BYTES[family]).buffer)];
    const [lastSeen] = words.splice(RECORD.lastSeen, 1);
    return {
      ...seen,
      packet: hex(done.frame.subarray(ETHERNET_BYTES)),
      record: words,
      isStamped: isStamped(lastSeen!),
      events: takeEvents(),
      upcalls: takeUpcalls(),
      captured: takeCaptured(),
    };
  }

  return { run, close: programs.close };
}

const windowNow = (): number => Number(BigInt.asUintN(32, process.hrtime.bigint() >> WINDOW_SHIFT));

/** The key of the budget that a client has. */
function budgetKey(family: 4 | 6): Uint8Array {
  const key = new Uint8Array(16);
  writeMapped(key, 0, bytesOf(PLACES.client[family]));
  const bits = BUDGET_PREFIX[family] + (family === 4 ? MAPPED_BITS : 0);
  return key.fill(0, bits / 8);
}

function isStamped(lastSeen: number): boolean {
  if (lastSeen === NEVER_SEEN || lastSeen === 0) return false;
  const now = Number(BigInt.asUintN(32, process.hrtime.bigint() >> 20n));
  const age = (now - lastSeen) | 0;
  if (age < -1 || age > STAMP_TOLERANCE_TICKS) throw new Error(`stamped ${age} ticks ago`);
  return true;
}

function nameOf<K extends string>(table: Readonly<Record<K, number>>, number: number): K {
  return (Object.keys(table) as K[]).find((name) => table[name] === number)!;
}

const reasonOf = (number: number): Reason =>
  (Object.keys(REASONS) as Reason[]).find((name) => REASONS[name].number === number)!;
