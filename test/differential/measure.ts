/**
 * What a packet costs in the fast path, by BPF_PROG_TEST_RUN: `node test/differential/measure.ts [OBJECT]` prints nanoseconds, of another object
 * than the checked-in one if it is named: to compare two, run them by turns. Runs in a row see what the last one left, so a masqueraded packet goes to
 * and fro between two connections that undo each other, until its TTL is used up.
 */

import { ADDRESS, ADDRESS_WORDS, RECORD, RECORD_BYTES } from "../../packages/engine/src/core/layout.ts";
import { bpfChecked, libbpf } from "../../packages/engine/src/dataplane/kernel/libbpf.ts";
import { buildPacket } from "../../packages/engine/src/packet/testing.ts";
import { createTestRun } from "./bpf-run.ts";
import { createNetwork, type Family, PLACES } from "./network.ts";
import { bytesOf } from "./packets.ts";
import { loadPrograms } from "./programs.ts";
import { type Connection, encodeRecord, flowKeys, SERVER_PORT } from "./scenario.ts";

const REPEAT = 250;
const ROUNDS = 400;
const PORTS = { there: 81, back: SERVER_PORT };

const topology = createNetwork();
const [, , path] = process.argv;
const programs = loadPrograms(topology, { isObserved: false, ...(path !== undefined && { path }) });
const link = topology.director.client;
const peerMac = topology.ends.server.mac;
// At XDP a forwarded frame carries the next hop's MAC: let that be "ours", so that the next run takes it.
const interfaces = programs.mapFd("interfaces");
bpfChecked(libbpf().update(interfaces, new Uint32Array([link.index]), peerMac, 0n), "name an interface");

/** Put a connection whose virtual address is `virtual` into a record. */
function install(
  family: Family,
  index: number,
  virtual: "gateway" | "server",
  more: Partial<Connection>,
): void {
  const c: Connection = {
    protocol: "tcp",
    method: "masquerade",
    life: 1,
    generation: 1,
    client: "client",
    clientPort: 4000,
    virtualPort: PORTS.there,
    destination: "server",
    destinationPort: PORTS.back,
    ...more,
  };
  const record = encodeRecord(family, c);
  const address = bytesOf(PLACES[virtual][family]);
  record.set(address, (RECORD.addresses + ADDRESS.virtual * ADDRESS_WORDS[family]) * 4);
  programs.records[family].set(record, index * RECORD_BYTES[family]);
  const [key] = flowKeys(family, c);
  key!.set(address, family === 4 ? 4 : 16);
  programs.flows[family].insert(key!, index, 0);
  programs.flows[family].flush(() => {
    throw new Error("no room for a flow");
  });
}

function measure(family: Family, hook: "tc" | "xdp", to: string, toPort: number): number {
  const run = createTestRun(programs.programFd(hook), hook);
  const packet = buildPacket({
    protocol: "tcp",
    from: PLACES.client[family],
    fromPort: 4000,
    to,
    toPort,
    ttl: 255,
  });
  const mac = hook === "xdp" ? peerMac : link.mac;
  const frame = Uint8Array.from([
    ...mac,
    2,
    0,
    0,
    0,
    0,
    0,
    ...(family === 4 ? [8, 0] : [0x86, 0xdd]),
    ...packet,
  ]);
  const times = Array.from({ length: ROUNDS }, () =>
    run({ frame, ifindex: link.index, gsoSize: 0, repeat: REPEAT }),
  );
  return times.map((t) => t.durationNs).sort((a, b) => a - b)[ROUNDS / 2]!;
}

for (const family of [4, 6] as const) {
  install(family, 1, "gateway", {});
  install(family, 2, "server", {
    destination: "gateway",
    virtualPort: PORTS.back,
    destinationPort: PORTS.there,
  });
  install(family, 3, "server", {
    method: "direct-route",
    clientPort: 4000,
    virtualPort: 82,
    destinationPort: 82,
  });
  for (const hook of ["tc", "xdp"] as const) {
    const masquerade = measure(family, hook, PLACES.gateway[family], PORTS.there);
    const direct = measure(family, hook, PLACES.server[family], 82);
    const stranger = measure(family, hook, PLACES.stranger[family], 22);
    console.log(
      `IPv${family} ${hook}: masquerade ${masquerade}, direct route ${direct}, not ours ${stranger} ns`,
    );
  }
}
programs.close();
topology.close();
