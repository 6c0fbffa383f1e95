/** Scenarios through the TypeScript twin. */

import { EVENT_IPV6, FLOW_KEY, RECORD, RECORD_BYTES } from "../../packages/engine/src/core/layout.ts";
import { recordArray } from "../../packages/engine/src/core/record.ts";
import { compileMarkRules } from "../../packages/engine/src/core/services/mark-rules.ts";
import { addressWords } from "../../packages/engine/src/core/services/service-table.ts";
import { createBudgets } from "../../packages/engine/src/core/twin/budgets.ts";
import { createFastpath } from "../../packages/engine/src/core/twin/fastpath.ts";
import type { FastpathPacket, FastpathWorld } from "../../packages/engine/src/core/twin/fastpath-world.ts";
import { createMemoryCapture } from "../../packages/engine/src/dataplane/memory-capture.ts";
import { createMemoryServices } from "../../packages/engine/src/dataplane/memory-services.ts";
import { configuredServices, policyOf, tunnelSource } from "./configuration.ts";
import { PLACES, routeTo } from "./network.ts";
import { hex } from "./packets.ts";
import {
  CAPTURE_ALL,
  encodeRecord,
  flowKeys,
  NEVER_SEEN,
  type Outcome,
  RECORD_INDEX,
  RECORDS,
  type Scenario,
  type Shown,
  shownOf,
} from "./scenario.ts";

const NOW = 123_456;
const IFINDEX = { client: 1, server: 2 } as const;

/** A function that runs one scenario. */
export function createTwinSide(): (scenario: Scenario) => Outcome {
  const memory = {
    4: new Uint8Array(RECORDS * RECORD_BYTES[4]),
    6: new Uint8Array(RECORDS * RECORD_BYTES[6]),
  };
  const flows = new Map<string, number>();
  const services = createMemoryServices(tunnelSource);
  for (const change of configuredServices()) services.program(change);
  let scenario: Scenario;
  let events: Outcome["events"] = [];
  let policy = policyOf();
  let rules = compileMarkRules([], () => undefined);
  let budgets = createBudgets();

  const world: FastpathWorld = {
    ...services,
    records: {
      4: recordArray(4, new Uint32Array(memory[4].buffer)),
      6: recordArray(6, new Uint32Array(memory[6].buffer)),
    },
    policy: () => policy,
    findFlow: (family, key) => flows.get(hex(bytesOfWords(key.subarray(0, FLOW_KEY[family].size / 4)))) ?? -1,
    markOf: (packet) => rules(packet),
    spend: (family, key) => budgets.spend({ family, key }, policy.budget, NOW),
    // a test run's packets have a segment size, but do not say of which protocol: the kernel does not wrap such
    hasRoom: ({ gsoSize }) => gsoSize === 0,
    route: (question) => routeTo(question, scenario),
    now: () => NOW,
    event: (family, index, change) =>
      events.push({ index: family === 6 ? (index | EVENT_IPV6) >>> 0 : index, ...change }),
  };
  const step = createFastpath(world);
  const capture = createMemoryCapture({ ...world, timeMs: () => NOW, capacity: 1 });
  capture.setCapture(CAPTURE_ALL);

  function choosePolicy(): void {
    policy = policyOf(scenario.policy);
    rules = compileMarkRules(policy.rules, (name) => (name === "client0" ? IFINDEX.client : undefined));
    budgets = createBudgets();
    const { family } = scenario;
    const key = new Uint32Array([...addressWords(PLACES.client[family]), 0, 0, 0, 0, 0, 0]);
    for (let i = scenario.policy?.spent ?? 0; i > 0; i--) budgets.spend({ family, key }, 1e9, NOW);
  }

  function arrange(): Uint8Array {
    const { family, connection } = scenario;
    const at = RECORD_INDEX * RECORD_BYTES[family];
    const record = memory[family].subarray(at, at + RECORD_BYTES[family]).fill(0);
    events = [];
    flows.clear();
    if (!connection) return record;
    record.set(encodeRecord(family, connection));
    for (const [direction, key] of flowKeys(family, connection).entries()) {
      flows.set(hex(key), RECORD_INDEX * 4 + direction);
    }
    return record;
  }

  return (next) => {
    scenario = next;
    choosePolicy();
    const record = arrange();
    const isInjected = scenario.hook === "inject";
    const packet: FastpathPacket = {
      bytes: scenario.packet.slice(),
      lengthBytes: scenario.packet.length,
      family: scenario.etherFamily,
      ifindex: IFINDEX[scenario.side],
      mark: scenario.mark,
      isForHost: scenario.isForHost || isInjected,
      isInjected,
      gsoSize: scenario.gsoSize,
    };
    const sighting = capture.look(packet);
    const { verdict, reason, nextHop, mark, mtu, service } = step(packet);
    capture.show(sighting, { verdict, reason, service });
    const captured: Shown[] = [];
    capture.drainCaptured(1, (p) => captured.push(shownOf(p)));
    const words = [...new Uint32Array(record.slice().buffer)];
    const [lastSeen] = words.splice(RECORD.lastSeen, 1);
    return {
      verdict,
      reason,
      nextHop: hex(nextHop),
      packet: hex(packet.bytes.subarray(0, packet.lengthBytes)),
      record: words,
      isStamped: lastSeen !== NEVER_SEEN && lastSeen !== 0,
      events,
      upcalls: verdict === "upcall" ? [{ packet: hex(named(scenario)), mark, mtu }] : [],
      captured,
    };
  };
}

/** The packet as far as its IP header names it. */
function named({ packet, etherFamily }: Scenario): Uint8Array {
  const view = new DataView(packet.buffer, packet.byteOffset);
  return packet.subarray(0, etherFamily === 4 ? view.getUint16(2) : 40 + view.getUint16(4));
}

const bytesOfWords = (words: Uint32Array): Uint8Array =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
