/**
 * What every data plane does with packets: sentences of docs/packet-path.md as tables of cases. An implementation passes by running
 * `dataPlaneContract` with a harness that can send it packets and see what leaves.
 */
import { METHOD_NUMBERS } from "@tandem/model";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createConnectionTable, type NewConnection } from "../core/connection-table.ts";
import { LIFE, RECORD, SERVICE_FLAG } from "../core/layout.ts";
import {
  type RecordArray,
  raiseGeneration,
  readCounter,
  readField,
  stateOf,
  writeField,
} from "../core/record.ts";
import { addressWords } from "../core/service-table.ts";
import { REASONS, type Reason, type Verdict } from "../core/verdict.ts";
import { createParsedPacket, parseIp, parseTransport } from "../packet/parse.ts";
import { buildIcmpError, buildIp, buildPacket, type PacketSpec, packetProblems } from "../packet/testing.ts";
import { swapPort, writeNetwork16 } from "../packet/words.ts";
import { TcpState } from "../protocols/tcp.ts";
import type { DataPlane, ServiceChange, Upcall } from "./dataplane.ts";

/** What the fast path did with a packet. */
export interface Observed {
  verdict: Verdict;
  reason: Reason;
}

/** An implementation under test and the world around it, which must have the addresses and routes of `CONTRACT_NETWORK`. */
export interface DataPlaneHarness {
  readonly dataplane: DataPlane;
  /** A packet arrives, from its IP header on, by the interface of the client's side. */
  receive(packet: Uint8Array): Observed | Promise<Observed>;
  /** Take what has left since the last call, from the IP header on, after waiting for `count` packets or a deadline of the harness's own. */
  left(count: number): Uint8Array[] | Promise<Uint8Array[]>;
  close(): void | Promise<void>;
}

/** Addresses of the cases, by family: servers and clients are reached by routes, `host` is the machine's own. */
export const CONTRACT_NETWORK = {
  4: { client: "198.51.100.7", vip: "192.0.2.1", server: "10.0.0.1", host: "192.0.2.250", else: "10.0.0.9" },
  6: {
    client: "2001:db8:2::7",
    vip: "2001:db8::1",
    server: "fd00::1",
    host: "2001:db8::250",
    else: "fd00::9",
  },
} as const;

const VIP_PORT = 80;
const SERVER_PORT = 8080;
const CLIENT_PORT = 40_000;
const SLOPPY_PORT = 81;
const IDS = { tcp: 7, udp: 8, sloppy: 9, destination: 70 } as const;

/** Run every sentence against an implementation. `create` is called for each case. */
export function dataPlaneContract(
  name: string,
  create: () => DataPlaneHarness | Promise<DataPlaneHarness>,
): void {
  describe(name, () => {
    let h: DataPlaneHarness;
    beforeEach(async () => {
      h = await create();
      h.dataplane.program([...configured(4), ...configured(6)]);
    });
    afterEach(async () => {
      await h.close();
    });

    test("programs what programmed() then tells, and nothing after deletion", () => {
      const text = (changes: readonly ServiceChange[]) =>
        changes.map((c) => JSON.stringify(c, bytesAsText)).sort();
      const all = [...configured(4), ...configured(6)];
      expect(text(h.dataplane.programmed())).toEqual(text(all));
      h.dataplane.program(all.map(deletionOf));
      expect(h.dataplane.programmed()).toEqual([]);
    });

    for (const family of [4, 6] as const) {
      describe(`IPv${family}`, () => familySentences(family, () => h));
    }
  });
}

function familySentences(family: 4 | 6, harness: () => DataPlaneHarness): void {
  const net = CONTRACT_NETWORK[family];
  const fromClient = (more: Partial<PacketSpec> = {}): PacketSpec => ({
    protocol: "tcp",
    from: net.client,
    fromPort: CLIENT_PORT,
    to: net.vip,
    toPort: VIP_PORT,
    ...more,
  });
  const fromServer = (more: Partial<PacketSpec> = {}): PacketSpec => ({
    protocol: "tcp",
    from: net.server,
    fromPort: SERVER_PORT,
    to: net.client,
    toPort: CLIENT_PORT,
    ...more,
  });

  const icmp = (type: number, about: PacketSpec): Uint8Array =>
    buildIcmpError({ from: net.server, to: net.client, type, about: buildPacket(about) });
  const unreachable = family === 4 ? 3 : 1;

  const withoutFlow: [string, Uint8Array, Verdict, Reason][] = [
    ["SYN to a service", buildPacket(fromClient({ flags: "S" })), "upcall", "new_flow"],
    ["SYN and ACK to a service", buildPacket(fromClient({ flags: "SA" })), "upcall", "new_flow"],
    ["SYN and RST to a service", buildPacket(fromClient({ flags: "SR" })), "drop", "mid_stream"],
    ["ACK to a service", buildPacket(fromClient({ flags: "A" })), "drop", "mid_stream"],
    ["FIN to a service", buildPacket(fromClient({ flags: "F" })), "drop", "mid_stream"],
    ["RST to a service", buildPacket(fromClient({ flags: "R" })), "drop", "mid_stream"],
    ["segment without flags", buildPacket(fromClient({ flags: "" })), "drop", "mid_stream"],
    [
      "ACK to a sloppy service",
      buildPacket(fromClient({ flags: "A", toPort: 81 })),
      "upcall",
      "mid_stream_sloppy",
    ],
    ["RST to a sloppy service", buildPacket(fromClient({ flags: "R", toPort: 81 })), "drop", "mid_stream"],
    ["datagram to a service", buildPacket(fromClient({ protocol: "udp" })), "upcall", "new_flow"],
    ["SYN to another port of a VIP", buildPacket(fromClient({ flags: "S", toPort: 22 })), "pass", "not_ours"],
    ["SYN to another address", buildPacket(fromClient({ flags: "S", to: net.else })), "pass", "not_ours"],
    ["reply of a destination", buildPacket(fromServer()), "drop", "unmatched_reply"],
    ["reply of a destination to this host", buildPacket(fromServer({ to: net.host })), "pass", "not_ours"],
    [
      "segment from another port of a destination",
      buildPacket(fromServer({ fromPort: 22 })),
      "pass",
      "not_ours",
    ],
    ["ICMP error about nothing known", icmp(unreachable, fromClient()), "pass", "not_ours"],
    ["protocol 47 to a VIP", ip(net.client, net.vip, 47), "pass", "not_ours"],
    ["cut TCP header to a VIP", ip(net.client, net.vip, 6, 19), "drop", "malformed"],
    ["cut TCP header elsewhere", ip(net.client, net.else, 6, 19), "pass", "not_ours"],
    ["cut UDP header to a VIP", ip(net.client, net.vip, 17, 7), "drop", "malformed"],
    ["TCP data offset below 5", withByte(buildPacket(fromClient()), 12, 4 << 4), "drop", "malformed"],
    ["TCP data offset beyond the end", withByte(buildPacket(fromClient()), 12, 6 << 4), "drop", "malformed"],
    ["IP length beyond the packet", longer(buildPacket(fromClient())), "drop", "malformed"],
    ["fragment to a VIP", fragmentOf(fromClient()), "upcall", "fragment"],
    ["fragment from a destination", fragmentOf(fromServer()), "upcall", "fragment"],
    ["fragment elsewhere", fragmentOf(fromClient({ to: net.else })), "pass", "not_ours"],
  ];
  for (const [title, packet, verdict, reason] of withoutFlow) {
    test(`${title}: ${verdict}, ${reason}`, async () => {
      expect(await harness().receive(packet)).toMatchObject({ verdict, reason });
    });
  }

  /** A connection made by hand, as the core does it. */
  function connect(more: Partial<NewConnection> & { protocol?: "tcp" | "udp" } = {}): Connected {
    const { dataplane } = harness();
    const table = createConnectionTable(dataplane.records, dataplane, 1);
    const spec = fromClient({ protocol: more.protocol ?? "tcp" });
    const index = table.create({ ...birthOf(family, spec, net.server), ...more }, 0);
    const settle = () => dataplane.flushFlows(() => expect.unreachable("no room for a flow"));
    settle();
    const r = table.records[family];
    const kill = () => {
      table.kill(family, index, 0);
      settle();
    };
    return { index, records: r, kill };
  }

  test("a known flow is forwarded, rewritten, counted and stepped in both directions", async () => {
    const { index, records } = connect();
    const h = harness();
    const steps: [PacketSpec, PacketSpec, number][] = [
      [
        fromClient({ flags: "A" }),
        fromClient({ flags: "A", to: net.server, toPort: SERVER_PORT }),
        TcpState.established,
      ],
      [
        fromServer({ flags: "FA" }),
        fromServer({ flags: "FA", from: net.vip, fromPort: VIP_PORT }),
        TcpState.finWait,
      ],
      [
        fromClient({ flags: "RA" }),
        fromClient({ flags: "RA", to: net.server, toPort: SERVER_PORT }),
        TcpState.close,
      ],
    ];
    for (const [sent, wanted, state] of steps) {
      expect(await h.receive(buildPacket(sent))).toMatchObject({ verdict: "forward", reason: "forwarded" });
      const left = await h.left(1);
      expect(left).toEqual([buildPacket({ ...wanted, ttl: 63 })]);
      expect(left.flatMap(packetProblems)).toEqual([]);
      expect(stateOf(records, index)).toBe(state);
    }
    const bytes = buildPacket(fromClient()).length;
    const counters = [RECORD.inPackets, RECORD.inBytes, RECORD.outPackets, RECORD.outBytes];
    expect(counters.map((c) => readCounter(records, index, c))).toEqual([2, 2 * bytes, 1, bytes]);
  });

  test("a UDP checksum of 0 stays 0, any other stays right", async () => {
    connect({ protocol: "udp" });
    const payloads = ["", "a", "odd", "some longer payload"];
    for (const noChecksum of [true, false]) {
      for (const payload of payloads) {
        const spec = fromClient({ protocol: "udp", payload, noChecksum });
        expect(await harness().receive(buildPacket(spec))).toMatchObject({ reason: "forwarded" });
        const wanted = buildPacket({ ...spec, to: net.server, toPort: SERVER_PORT, ttl: 63 });
        expect(await harness().left(1)).toEqual([wanted]);
      }
    }
  });

  test("a UDP checksum that becomes 0 is written 0xffff", async () => {
    connect({ protocol: "udp" });
    const spec = fromClient({ protocol: "udp", to: net.server, toPort: SERVER_PORT });
    const field = (packet: Uint8Array) =>
      packet[family === 4 ? 26 : 46]! * 256 + packet[family === 4 ? 27 : 47]!;
    const sum = field(buildPacket({ ...spec, payload: new Uint8Array(2) }));
    const payload = new Uint8Array([sum >>> 8, sum & 0xff]); // the payload that makes the sum zero
    const wanted = buildPacket({ ...spec, payload, ttl: 63 });
    expect(field(wanted)).toBe(0xffff);
    await harness().receive(buildPacket(fromClient({ protocol: "udp", payload })));
    expect(await harness().left(1)).toEqual([wanted]);
  });

  test("direct route changes nothing but the time to live, and ignores the reply direction", async () => {
    const { index, records } = connect({
      method: METHOD_NUMBERS["direct-route"],
      life: LIFE.noOutput,
      destinationPort: swapPort(VIP_PORT),
    });
    await harness().receive(buildPacket(fromClient({ flags: "FA", payload: "bye" })));
    expect(await harness().left(1)).toEqual([
      buildPacket(fromClient({ flags: "FA", payload: "bye", ttl: 63 })),
    ]);
    expect(readField(records, index, RECORD.life)).toBe(LIFE.noOutput | TcpState.close);
  });

  const onFlow: [string, PacketSpec, Verdict, Reason][] = [
    ["SYN from the client", fromClient({ flags: "S" }), "upcall", "syn_on_flow"],
    ["SYN and ACK from the client", fromClient({ flags: "SA" }), "forward", "forwarded"],
    ["SYN from the server", fromServer({ flags: "S" }), "forward", "forwarded"],
    ["last hop of the client's packet", fromClient({ ttl: 1 }), "upcall", "ttl_exceeded"],
    ["last hop of the server's packet", fromServer({ ttl: 1 }), "upcall", "ttl_exceeded"],
    ["two hops left", fromClient({ ttl: 2 }), "forward", "forwarded"],
  ];
  for (const [title, spec, verdict, reason] of onFlow) {
    test(`${title} on a known flow: ${verdict}, ${reason}`, async () => {
      connect();
      expect(await harness().receive(buildPacket(spec))).toMatchObject({ verdict, reason });
    });
  }

  test("a dead record is a miss, though its flows still lead there", async () => {
    const { records, index } = connect();
    raiseGeneration(records, index);
    expect(await harness().receive(buildPacket(fromClient()))).toMatchObject({ reason: "mid_stream" });
  });

  test("a record whose tuple differs from the flow's is a miss", async () => {
    const { records, index } = connect();
    writeField(records, index, RECORD.clientPorts, 0);
    expect(await harness().receive(buildPacket(fromClient()))).toMatchObject({ reason: "mid_stream" });
  });

  test("an ICMP error about a known flow is an upcall, from either side", async () => {
    connect();
    const fromRouter = icmp(unreachable, fromClient({ to: net.server, toPort: SERVER_PORT }));
    const about = buildPacket(fromServer({ from: net.vip, fromPort: VIP_PORT }));
    const fromClientSide = buildIcmpError({ from: net.client, to: net.vip, type: unreachable, about });
    for (const packet of [fromRouter, fromClientSide]) {
      expect(await harness().receive(packet)).toMatchObject({ verdict: "upcall", reason: "icmp_related" });
    }
    const echo = buildIcmpError({ from: net.client, to: net.vip, type: family === 4 ? 8 : 128, about });
    expect(await harness().receive(echo)).toMatchObject({ verdict: "pass", reason: "not_ours" });
  });

  test("upcalls come in order, whole, and at most as many as asked for", async () => {
    const { dataplane, receive } = harness();
    const packets = [1, 2, 3].map((n) =>
      buildPacket(fromClient({ flags: "S", fromPort: n, payload: "x".repeat(n) })),
    );
    for (const packet of packets) await receive(packet);
    const seen: Pick<Upcall, "reason" | "family" | "packet">[] = [];
    const take = (u: Upcall) =>
      seen.push({ reason: u.reason, family: u.family, packet: u.packet.slice(0, u.packetBytes) });
    expect(dataplane.drainUpcalls(2, take)).toBe(2);
    expect(dataplane.drainUpcalls(9, take)).toBe(1);
    expect(seen).toEqual(packets.map((packet) => ({ reason: REASONS.new_flow.number, family, packet })));
  });

  test("a change of the life word is one event, no change is none", async () => {
    const { index, records } = connect({ life: LIFE.remote });
    const { dataplane, receive } = harness();
    for (const flags of ["A", "A"]) await receive(buildPacket(fromClient({ flags })));
    const events: unknown[] = [];
    dataplane.drainEvents(9, (e) => events.push({ ...e }));
    const generation = readField(records, index, RECORD.generation);
    expect(events).toEqual([{ family, index, generation, before: LIFE.remote, after: TcpState.established }]);
    expect(dataplane.lostEvents()).toBe(0);
  });

  test("a packet injected as a flow is forwarded like any other, a SYN too; a miss is dropped", async () => {
    const { dataplane, receive, left } = harness();
    await receive(buildPacket(fromClient({ flags: "S" })));
    await receive(buildPacket(fromClient({ flags: "S", fromPort: 1 })));
    const { index } = connect();
    dataplane.drainUpcalls(9, (upcall) => dataplane.inject("flow", upcall, index));
    expect(dataplane.flushPackets()).toBe(0);
    const wanted = buildPacket(fromClient({ flags: "S", to: net.server, toPort: SERVER_PORT, ttl: 63 }));
    expect(await left(1)).toEqual([wanted]);
    expect(dataplane.counters().get("inject_miss")).toBe(1);
  });

  test("packets injected by route and via leave as they are", async () => {
    const { dataplane, receive, left } = harness();
    const { index } = connect();
    const packet = buildPacket(fromClient({ flags: "S", fromPort: 1, payload: "as it is" }));
    await receive(packet);
    dataplane.drainUpcalls(9, (upcall) => {
      dataplane.inject("via", upcall, index);
      upcall.packet.set(
        buildPacket(fromClient({ flags: "S", fromPort: 1, payload: "as it is", to: net.server })),
      );
      dataplane.inject("route", upcall, -1);
    });
    expect(dataplane.flushPackets()).toBe(0);
    const routed = buildPacket(fromClient({ flags: "S", fromPort: 1, payload: "as it is", to: net.server }));
    expect(await left(2)).toEqual([packet, routed]);
  });

  test("flows are found by a scan until they are deleted", () => {
    const made = connect();
    const scan = () => {
      const seen: [number, number, number][] = [];
      harness().dataplane.scanFlows(family, (key, index, direction) =>
        seen.push([key.length, index, direction]),
      );
      return seen.sort((a, b) => a[2] - b[2]);
    };
    const bytes = family === 4 ? 16 : 40;
    expect(scan()).toEqual([
      [bytes, made.index, 0],
      [bytes, made.index, 1],
    ]);
    made.kill();
    expect(scan()).toEqual([]);
  });

  function ip(from: string, to: string, protocol: number, bytes = 8): Uint8Array {
    return buildIp({ from, to, protocol, body: new Uint8Array(bytes) });
  }

  function withByte(packet: Uint8Array, at: number, value: number): Uint8Array {
    packet[(family === 4 ? 20 : 40) + at] = value;
    return packet;
  }

  /** The same packet with an IP header that names one byte more than there is. */
  function longer(packet: Uint8Array): Uint8Array {
    if (family === 4) writeNetwork16(packet, 2, packet.length + 1);
    else writeNetwork16(packet, 4, packet.length - 40 + 1);
    return packet;
  }

  function fragmentOf(spec: PacketSpec): Uint8Array {
    if (family === 4) return buildPacket({ ...spec, fragment: 0x2000 });
    return buildIp({ from: spec.from, to: spec.to, protocol: 44, body: new Uint8Array(16) });
  }
}

interface Connected {
  index: number;
  records: RecordArray;
  kill(): void;
}

/** The services of the cases: one of TCP, one of UDP, a sloppy one, one masqueraded destination. */
function configured(family: 4 | 6): ServiceChange[] {
  const vip = bytesOf(CONTRACT_NETWORK[family].vip);
  const server = bytesOf(CONTRACT_NETWORK[family].server);
  const service = (protocol: number, port: number, id: number, flags = 0): ServiceChange => ({
    kind: "set_service",
    at: { address: vip, port, protocol },
    id,
    flags,
  });
  return [
    { kind: "set_vip", address: vip },
    service(6, VIP_PORT, IDS.tcp),
    service(17, VIP_PORT, IDS.udp),
    service(6, SLOPPY_PORT, IDS.sloppy, SERVICE_FLAG.sloppy),
    { kind: "set_real_server", at: { address: server, port: SERVER_PORT, protocol: 6 } },
    { kind: "set_real_server", at: { address: server, port: 0, protocol: 0 } },
  ];
}

function deletionOf(c: ServiceChange): ServiceChange {
  if (c.kind === "set_vip") return { kind: "delete_vip", address: c.address };
  if (c.kind === "set_service") return { kind: "delete_service", at: c.at };
  if (c.kind === "set_real_server") return { kind: "delete_real_server", at: c.at };
  return c;
}

/** A masqueraded connection in state 0 for the flow of a client's packet. */
function birthOf(family: 4 | 6, spec: PacketSpec, server: string): NewConnection {
  const p = createParsedPacket();
  const packet = buildPacket(spec);
  p.family = family;
  parseIp(p, packet, packet.length);
  parseTransport(p, packet);
  return {
    family,
    key: p.key,
    method: METHOD_NUMBERS.masquerade,
    life: 0,
    serviceId: IDS.tcp,
    destinationId: IDS.destination,
    destination: addressWords(server),
    destinationPort: swapPort(SERVER_PORT),
    owner: 0,
    lastSeen: 0,
  };
}

const bytesOf = (address: string): Uint8Array => new Uint8Array(addressWords(address).buffer);

const bytesAsText = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array ? value.join(".") : value;
