/** Sentences about services: how a packet's one is found, whom it serves, and what the policy says of the rest. */
import { parsePrefix } from "@tandem/model";
import { expect, test } from "vitest";
import { LIFE, POLICY_FLAG, SERVICE_FLAG } from "../../core/layout.ts";
import type { Reason } from "../../core/verdict.ts";
import { buildIcmpError, buildPacket, type PacketSpec } from "../../packet/testing.ts";
import { buildFragments } from "../../packet/testing-cut.ts";
import type { MarkRule, ServiceChange, Upcall } from "../dataplane.ts";
import { bytesOf, type ContractScene, configured, IDS, PORTS } from "./scene.ts";

const MARK = 0x1234_5678;
const TUNNEL_END = 255;

/** Lookup order, marks, clients, budgets, policy. */
export function serviceSentences(scene: ContractScene): void {
  const { family, net, harness, fromClient, fromServer, connect, policy } = scene;
  const [vip, client, server] = [net.vip, net.client, net.server].map(bytesOf) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const program = (...changes: ServiceChange[]) => harness().dataplane.program(changes);
  const setService = (protocol: number, port: number, flags = 0, id: number = IDS.other) =>
    program({ kind: "set_service", at: { address: vip, port, protocol }, id, flags });
  const reasonOf = async (packet: Uint8Array): Promise<Reason> => (await harness().receive(packet)).reason;
  const syn = (more: Partial<PacketSpec> = {}) => buildPacket(fromClient({ flags: "S", ...more }));
  const allBits = 8 * client.length;
  const rule = (more: Partial<MarkRule>): MarkRule => ({
    mark: MARK,
    protocol: 0,
    sourcePorts: [0, 65_535],
    destinationPorts: [0, 65_535],
    ...more,
  });
  const prefixOf = (text: string) => parsePrefix(text)!;
  const lastUpcall = (): Pick<Upcall, "mark"> | undefined => {
    let last: Pick<Upcall, "mark"> | undefined;
    harness().dataplane.drainUpcalls(99, ({ mark }) => {
      last = { mark };
    });
    return last;
  };

  test("programs what programmed() then tells, and nothing after deletion", () => {
    const { dataplane } = harness();
    const more: ServiceChange[] = [
      { kind: "set_mark", at: { mark: MARK, family }, id: IDS.other, flags: SERVICE_FLAG.sloppy },
      { kind: "set_client", at: { service: IDS.tcp, address: client, bits: allBits }, isAllowed: true },
      {
        kind: "set_client",
        at: { service: IDS.tcp, address: new Uint8Array(client.length), bits: 0 },
        isAllowed: false,
      },
      {
        kind: "set_tunnel",
        destination: IDS.destination,
        tunnel: { address: server, type: 1, flags: 1, port: 6080 },
      },
      { kind: "set_real_server", at: { address: server, port: 0, protocol: TUNNEL_END } },
    ];
    const all = [...configured(4), ...configured(6), ...more];
    dataplane.program(more);
    expect(dataplane.programmed().map(changeText).sort()).toEqual(all.map(changeText).sort());
    dataplane.program(all.map(deletionOf));
    expect(dataplane.programmed()).toEqual([]);
  });

  test("port 0 of a protocol serves every port, but one of its own", async () => {
    expect(await reasonOf(syn({ toPort: 4711 }))).toBe("not_ours");
    setService(6, 0, SERVICE_FLAG.sloppy);
    expect(await reasonOf(syn({ toPort: 4711 }))).toBe("new_flow");
    expect(await reasonOf(buildPacket(fromClient({ toPort: 4711 })))).toBe("mid_stream_sloppy");
    expect(await reasonOf(buildPacket(fromClient()))).toBe("mid_stream");
    expect(await reasonOf(syn({ protocol: "udp", toPort: 4711 }))).toBe("not_ours");
  });

  test("ftp's port 20 and every unprivileged port are its service's", async () => {
    setService(6, 21);
    expect(await reasonOf(syn({ toPort: 20 }))).toBe("not_ours");
    setService(6, 21, SERVICE_FLAG.ftp);
    const reasons: Reason[] = [];
    for (const toPort of [20, 21, 22, 1023, 1024, 65_535]) reasons.push(await reasonOf(syn({ toPort })));
    expect(reasons).toEqual(["new_flow", "new_flow", "not_ours", "not_ours", "new_flow", "new_flow"]);
    expect(await reasonOf(syn({ protocol: "udp", toPort: 1024 }))).toBe("not_ours");
  });

  const rules: [string, Partial<MarkRule>, boolean][] = [
    ["without conditions", {}, true],
    ["of the protocol", { protocol: 6 }, true],
    ["of another protocol", { protocol: 17 }, false],
    ["of the client's prefix", { source: prefixOf(`${net.client}/${allBits - 9}`) }, true],
    ["of another source", { source: prefixOf(net.server) }, false],
    ["of the destination", { destination: prefixOf(net.else) }, true],
    ["of another destination", { destination: prefixOf(net.vip) }, false],
    ["of the source port", { sourcePorts: [PORTS.client, PORTS.client] }, true],
    ["of source ports above", { sourcePorts: [PORTS.client + 1, 65_535] }, false],
    ["of the destination port", { destinationPorts: [4000, 4711] }, true],
    ["of destination ports below", { destinationPorts: [0, 4710] }, false],
    ["of the other family", { source: prefixOf(family === 4 ? "::/0" : "0.0.0.0/0") }, false],
    ["of an interface that is not there", { interface: "absent0" }, false],
  ];
  for (const [what, more, isMatch] of rules) {
    test(`a classifier rule ${what} ${isMatch ? "marks" : "does not mark"} a packet for its mark's service`, async () => {
      program({ kind: "set_mark", at: { mark: MARK, family }, id: IDS.other, flags: 0 });
      harness().dataplane.setPolicy(policy({ rules: [rule(more)] }));
      const packet = syn({ to: net.else, toPort: 4711 });
      expect(await reasonOf(packet)).toBe(isMatch ? "new_flow" : "not_ours");
      expect(lastUpcall()).toEqual(isMatch ? { mark: MARK } : undefined);
    });
  }

  test("the first classifier rule that matches counts, and its mark's service comes before the address's", async () => {
    program({ kind: "set_mark", at: { mark: MARK, family }, id: IDS.other, flags: SERVICE_FLAG.sloppy });
    const two = [rule({ protocol: 17, mark: 1 }), rule({ protocol: 6 }), rule({ mark: 2 })];
    harness().dataplane.setPolicy(policy({ rules: two }));
    expect(await reasonOf(buildPacket(fromClient()))).toBe("mid_stream_sloppy");
    expect(lastUpcall()).toEqual({ mark: MARK });
  });

  test("a mark without a service leaves the packet to its address, and is handed over", async () => {
    harness().dataplane.setPolicy(policy({ rules: [rule({})] }));
    expect(await reasonOf(syn())).toBe("new_flow");
    expect(lastUpcall()).toEqual({ mark: MARK });
  });

  test("a fragment is a marked service's whatever its ports are", async () => {
    program({ kind: "set_mark", at: { mark: MARK, family }, id: IDS.other, flags: 0 });
    harness().dataplane.setPolicy(policy({ rules: [rule({ protocol: 17, destinationPorts: [9, 9] })] }));
    const datagram = (protocol: "tcp" | "udp") =>
      buildPacket(fromClient({ protocol, to: net.else, payload: new Uint8Array(40) }));
    for (const fragment of buildFragments(datagram("udp"), 24)) {
      expect(await reasonOf(fragment)).toBe("fragment");
      expect(lastUpcall()).toEqual({ mark: MARK });
    }
    for (const fragment of buildFragments(datagram("tcp"), 24))
      expect(await reasonOf(fragment)).toBe("not_ours");
  });

  /** `+` allowed, `-` denied: prefix lengths of the client's address. */
  const clients: [string, number, Record<number, boolean>, Reason][] = [
    ["without prefixes", SERVICE_FLAG.filtered, {}, "new_flow"],
    ["denied", SERVICE_FLAG.filtered, { [allBits]: false }, "denied"],
    ["denied by its network", SERVICE_FLAG.filtered, { [allBits - 8]: false }, "denied"],
    [
      "allowed within a denied network",
      SERVICE_FLAG.filtered,
      { [allBits - 8]: false, [allBits]: true },
      "new_flow",
    ],
    [
      "denied within an allowed network",
      SERVICE_FLAG.filtered,
      { [allBits - 8]: true, [allBits]: false },
      "denied",
    ],
    ["not allowed", SERVICE_FLAG.filtered | SERVICE_FLAG.allowListed, {}, "denied"],
    ["allowed", SERVICE_FLAG.filtered | SERVICE_FLAG.allowListed, { [allBits - 3]: true }, "new_flow"],
    ["denied where nobody asks", 0, { [allBits]: false }, "new_flow"],
  ];
  for (const [what, flags, prefixes, reason] of clients) {
    test(`a client ${what}: ${reason}`, async () => {
      setService(6, PORTS.vip, flags, IDS.tcp);
      for (const [bits, isAllowed] of Object.entries(prefixes)) {
        const { address } = parsePrefix(`${net.client}/${bits}`)!;
        program({ kind: "set_client", at: { service: IDS.tcp, address, bits: Number(bits) }, isAllowed });
      }
      expect(await reasonOf(syn())).toBe(reason);
    });
  }

  test("clients of another service do not count", async () => {
    setService(6, PORTS.vip, SERVICE_FLAG.filtered, IDS.tcp);
    program({
      kind: "set_client",
      at: { service: IDS.other, address: client, bits: allBits },
      isAllowed: false,
    });
    expect(await reasonOf(syn())).toBe("new_flow");
  });

  test("a source prefix has its budget of new flows, another one its own", async () => {
    harness().dataplane.setPolicy(policy({ budget: 2 }));
    const reasons: Reason[] = [];
    // a window may end meanwhile, but not two
    for (let port = 1; port <= 5; port++) reasons.push(await reasonOf(syn({ fromPort: port })));
    expect(reasons.filter((reason) => reason === "new_flow").length).toBeGreaterThanOrEqual(2);
    expect(reasons).toContain("over_budget");
    expect(await reasonOf(syn({ from: net.else }))).toBe("new_flow");
    harness().dataplane.setPolicy(policy({}));
    expect(await reasonOf(syn())).toBe("new_flow");
  });

  const policies: [string, keyof typeof POLICY_FLAG, () => PacketSpec, Reason][] = [
    ["mid-stream", "midStreamToHost", () => fromClient(), "mid_stream_host"],
    ["SCTP in mid-stream", "midStreamToHost", () => fromClient({ protocol: "sctp" }), "mid_stream_host"],
    ["an unmatched reply", "unmatchedToHost", () => fromServer(), "unmatched_host"],
    ["an unmatched reply", "unmatchedRefused", () => fromServer(), "unmatched_refused"],
  ];
  for (const [what, flag, spec, reason] of policies) {
    test(`${what} by the policy ${flag}: ${reason}`, async () => {
      harness().dataplane.setPolicy(policy({ flags: POLICY_FLAG[flag] }));
      expect(await reasonOf(buildPacket(spec()))).toBe(reason);
    });
  }

  test("an ICMP error to a VIP about no flow is an upcall if the policy says so", async () => {
    const type = family === 4 ? 3 : 1;
    const about = buildPacket(fromServer({ from: net.vip, fromPort: PORTS.vip }));
    const error = (to: string) => buildIcmpError({ from: net.client, to, type, about });
    expect(await reasonOf(error(net.vip))).toBe("not_ours");
    harness().dataplane.setPolicy(policy({ flags: POLICY_FLAG.scheduleIcmp }));
    expect(await reasonOf(error(net.vip))).toBe("icmp_about_unknown");
    expect(await reasonOf(error(net.else))).toBe("not_ours");
  });

  test("a packet of an expected client is an upcall, whatever port it comes from", async () => {
    connect({ spec: { fromPort: 0, toPort: 2000 }, life: LIFE.noClientPort });
    expect(await reasonOf(syn({ toPort: 2000 }))).toBe("not_ours");
    program({ kind: "set_vip", address: vip, flags: SERVICE_FLAG.expects });
    expect(await reasonOf(syn({ toPort: 2000 }))).toBe("expected");
    expect(await reasonOf(syn({ fromPort: 0, toPort: 2000 }))).toBe("expected");
    expect(await reasonOf(syn({ toPort: 2001 }))).toBe("not_ours");
    expect(await reasonOf(syn({ from: net.server, toPort: 2000 }))).toBe("not_ours");
  });
}

function deletionOf(change: ServiceChange): ServiceChange {
  return { ...change, kind: change.kind.replace("set_", "delete_") } as ServiceChange;
}

/** Equal for equal changes, whatever the order of their fields. */
const changeText = (change: ServiceChange): string =>
  JSON.stringify(change, (_, value: unknown) => {
    if (value instanceof Uint8Array) return value.join(".");
    const isFields = typeof value === "object" && value !== null && !Array.isArray(value);
    return isFields
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  });
