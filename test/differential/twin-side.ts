/** Scenarios through the TypeScript twin. */
import { ENDPOINT_WORDS } from "../../packages/engine/src/core/endpoint.ts";
import { createFastpath, type FastpathWorld } from "../../packages/engine/src/core/fastpath.ts";
import {
  ENDPOINT_KEY,
  EVENT_IPV6,
  FLOW_KEY,
  RECORD,
  RECORD_BYTES,
} from "../../packages/engine/src/core/layout.ts";
import { recordArray } from "../../packages/engine/src/core/record.ts";
import { REASONS } from "../../packages/engine/src/core/verdict.ts";
import type { Endpoint, ServiceChange } from "../../packages/engine/src/dataplane/dataplane.ts";
import { packTransitions } from "../../packages/engine/src/protocols/transitions.ts";
import { routeTo } from "./network.ts";
import { hex } from "./packets.ts";
import {
  configuredServices,
  encodeRecord,
  flowKeys,
  NEVER_SEEN,
  type Outcome,
  RECORD_INDEX,
  RECORDS,
  type Scenario,
} from "./scenario.ts";

const NOW = 123_456;

/** A function that runs one scenario. */
export function createTwinSide(): (scenario: Scenario) => Outcome {
  const memory = {
    4: new Uint8Array(RECORDS * RECORD_BYTES[4]),
    6: new Uint8Array(RECORDS * RECORD_BYTES[6]),
  };
  const flows = new Map<string, number>();
  const services = new Map<string, number>();
  const realServers = new Set<string>();
  for (const change of configuredServices()) configure(change);
  let scenario: Scenario;
  let events: Outcome["events"] = [];

  function configure(change: ServiceChange): void {
    if (change.kind === "set_service") services.set(endpointText(change.at), change.flags);
    else if (change.kind === "set_vip")
      services.set(endpointText({ address: change.address, port: 0, protocol: 0 }), 0);
    else if (change.kind === "set_real_server") realServers.add(endpointText(change.at));
  }

  const world: FastpathWorld = {
    records: {
      4: recordArray(4, new Uint32Array(memory[4].buffer)),
      6: recordArray(6, new Uint32Array(memory[6].buffer)),
    },
    transitions: packTransitions(),
    findFlow: (family, key) => flows.get(wordsText(key, FLOW_KEY[family].size / 4)) ?? -1,
    serviceFlags: (endpoint) => services.get(wordsText(endpoint, ENDPOINT_WORDS)) ?? -1,
    isRealServer: (endpoint) => realServers.has(wordsText(endpoint, ENDPOINT_WORDS)),
    route: (address, lengthBytes) => routeTo(address, lengthBytes, scenario),
    now: () => NOW,
    event: (family, index, change) =>
      events.push({ index: family === 6 ? (index | EVENT_IPV6) >>> 0 : index, ...change }),
  };
  const step = createFastpath(world);

  return (next) => {
    scenario = next;
    events = [];
    flows.clear();
    const { family, connection, hook } = scenario;
    memory[family].fill(0);
    const at = RECORD_INDEX * RECORD_BYTES[family];
    if (connection) {
      memory[family].set(encodeRecord(family, connection), at);
      for (const [direction, key] of flowKeys(family, connection).entries()) {
        flows.set(hex(key), RECORD_INDEX * 4 + direction);
      }
    }
    const bytes = scenario.packet.slice();
    const isInjected = hook === "inject";
    const done = step({
      bytes,
      lengthBytes: bytes.length,
      family: scenario.etherFamily,
      isForHost: scenario.isForHost || isInjected,
      isInjected,
      gsoSize: scenario.gsoSize,
    });
    const words = [...new Uint32Array(memory[family].slice(at, at + RECORD_BYTES[family]).buffer)];
    const [lastSeen] = words.splice(RECORD.lastSeen, 1);
    return {
      // The far end of the injection veth has no host behind it to pass a packet to.
      verdict: isInjected && done.verdict === "pass" ? "drop" : done.verdict,
      reason: done.reason,
      nextHop: hex(done.nextHop),
      packet: hex(bytes),
      record: words,
      isStamped: lastSeen !== NEVER_SEEN && lastSeen !== 0,
      events,
      upcalls: !isInjected && REASONS[done.reason].verdict === "upcall" ? [hex(named(scenario))] : [],
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

const wordsText = (words: Uint32Array, count: number): string => hex(bytesOfWords(words.subarray(0, count)));

function endpointText({ address, port, protocol }: Endpoint): string {
  const key = Buffer.alloc(ENDPOINT_KEY.size);
  if (address.length === 4) key.set([0xff, 0xff, ...address], ENDPOINT_KEY.address + 10);
  else key.set(address, ENDPOINT_KEY.address);
  key.writeUInt16BE(port, ENDPOINT_KEY.port);
  key[ENDPOINT_KEY.protocol] = protocol;
  return hex(key);
}
