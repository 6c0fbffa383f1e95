/** The BPF programs loaded for test runs, with the maps that scenarios change. */
import { RECORD_BYTES } from "../../packages/engine/src/core/layout.ts";
import type { Policy } from "../../packages/engine/src/dataplane/dataplane.ts";
import { loadFastPath, readObjectFile } from "../../packages/engine/src/dataplane/kernel/fast-path-object.ts";
import { createFlowMap, type FlowMap } from "../../packages/engine/src/dataplane/kernel/flow-map.ts";
import { bpfChecked, libbpf } from "../../packages/engine/src/dataplane/kernel/libbpf.ts";
import { attachProgram } from "../../packages/engine/src/dataplane/kernel/links.ts";
import { createPolicyMaps } from "../../packages/engine/src/dataplane/kernel/policy-maps.ts";
import { createProgramming } from "../../packages/engine/src/dataplane/kernel/programming.ts";
import { createRing, type Ring } from "../../packages/engine/src/dataplane/kernel/ring.ts";
import { createServiceMaps } from "../../packages/engine/src/dataplane/kernel/service-maps.ts";
import { mapMemory } from "../../packages/engine/src/dataplane/kernel/syscalls.ts";
import type { Topology } from "../../packages/engine/src/dataplane/kernel/testing/topology.ts";
import { createTunnelMap } from "../../packages/engine/src/dataplane/kernel/tunnel-map.ts";
import { configuredServices, policyOf, tunnelSource } from "./configuration.ts";
import type { Hook } from "./network.ts";
import { RECORDS } from "./scenario.ts";

const RING_BYTES = { upcalls: 1 << 20, events: 1 << 22 } as const;
const NAMES: Readonly<Record<Hook, string>> = { tc: "tandem_tc", xdp: "tandem_xdp", inject: "tandem_inject" };

export interface Programs {
  programFd(hook: Hook): number;
  mapFd(name: string): number;
  readonly records: Readonly<Record<4 | 6, Uint8Array>>;
  readonly flows: Readonly<Record<4 | 6, FlowMap>>;
  readonly upcalls: Ring;
  readonly events: Ring;
  setPolicy(policy: Policy): void;
  close(): void;
}

/**
 * Load, with the services of `configuredServices`. XDP is attached, too: a test run names an interface's receive queue, and a veth
 * registers its own only then. `path` is another object file than the checked-in one.
 */
export function loadPrograms(topology: Topology, options: { isObserved: boolean; path?: string }): Programs {
  const constants = new Uint8Array(new Uint32Array([options.isObserved ? 1 : 0]).buffer);
  const file = readObjectFile(options.path);
  const object = loadFastPath({ 4: RECORDS, 6: RECORDS }, RING_BYTES, { constants, file });
  const fd = (name: string) => object.mapFd(name);
  const write = (map: string, key: Uint32Array, value: Uint8Array) =>
    bpfChecked(libbpf().update(fd(map), key, value, 0n), `write to ${map}`);
  const fdsOf = <const N extends string>(...names: N[]) =>
    Object.fromEntries(names.map((name) => [name, fd(name)])) as Record<N, number>;
  const services = createServiceMaps(fdsOf("services", "real_servers", "marked", "clients"));
  createProgramming(services, createTunnelMap(fd("tunnels"), tunnelSource)).program(configuredServices());
  const policy = createPolicyMaps(fdsOf("policy", "rules", "transitions"));
  policy.mend(new Map(Object.values(topology.director).map((link) => [link.name, link])));
  policy.set(policyOf());
  for (const link of Object.values(topology.director)) {
    write("interfaces", new Uint32Array([link.index]), link.mac);
    attachProgram(link, "xdp", object.programFd(NAMES.xdp));
  }
  const recordsOf = (family: 4 | 6) =>
    new Uint8Array(mapMemory(fd(`connections${family}`), RECORDS * RECORD_BYTES[family], { writable: true }));
  return {
    programFd: (hook) => object.programFd(NAMES[hook]),
    mapFd: fd,
    records: { 4: recordsOf(4), 6: recordsOf(6) },
    flows: { 4: createFlowMap(fd("flows4"), 4), 6: createFlowMap(fd("flows6"), 6) },
    upcalls: createRing(fd("upcalls"), RING_BYTES.upcalls),
    events: createRing(fd("events"), RING_BYTES.events),
    setPolicy: policy.set,
    close: () => object.close(),
  };
}
