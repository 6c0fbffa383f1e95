/** Sentences about packets of known flows, and about what only looks like one. */
import { METHOD_NUMBERS } from "@tandem/model";
import { expect, test } from "vitest";
import { LIFE, RECORD } from "../../core/layout.ts";
import { raiseGeneration, readCounter, readField, stateOf, writeField } from "../../core/record.ts";
import type { Reason, Verdict } from "../../core/verdict.ts";
import { buildIcmpError, buildPacket, type PacketSpec, packetProblems } from "../../packet/testing.ts";
import { swapPort } from "../../packet/words.ts";
import { TcpState } from "../../protocols/tcp.ts";
import { type ContractScene, PORTS } from "./scene.ts";

/** Forwarding by masquerade and direct route, in both directions, and what goes to the core instead. */
export function knownFlowSentences({
  family,
  net,
  harness,
  fromClient,
  fromServer,
  unreachable,
  connect,
}: ContractScene): void {
  test("a known flow is forwarded, rewritten, counted and stepped in both directions", async () => {
    const { index, records } = connect();
    const h = harness();
    const steps: [PacketSpec, PacketSpec, number][] = [
      [
        fromClient({ flags: "A" }),
        fromClient({ flags: "A", to: net.server, toPort: PORTS.server }),
        TcpState.established,
      ],
      [
        fromServer({ flags: "FA" }),
        fromServer({ flags: "FA", from: net.vip, fromPort: PORTS.vip }),
        TcpState.finWait,
      ],
      [
        fromClient({ flags: "RA" }),
        fromClient({ flags: "RA", to: net.server, toPort: PORTS.server }),
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
    connect({ spec: { protocol: "udp" } });
    const payloads = ["", "a", "odd", "some longer payload"];
    for (const noChecksum of [true, false]) {
      for (const payload of payloads) {
        const spec = fromClient({ protocol: "udp", payload, noChecksum });
        expect(await harness().receive(buildPacket(spec))).toMatchObject({ reason: "forwarded" });
        const wanted = buildPacket({ ...spec, to: net.server, toPort: PORTS.server, ttl: 63 });
        expect(await harness().left(1)).toEqual([wanted]);
      }
    }
  });

  test("a UDP checksum that becomes 0 is written 0xffff", async () => {
    connect({ spec: { protocol: "udp" } });
    const spec = fromClient({ protocol: "udp", to: net.server, toPort: PORTS.server });
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
      destinationPort: swapPort(PORTS.vip),
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
    const fromRouter = unreachable(fromClient({ to: net.server, toPort: PORTS.server }));
    const about = buildPacket(fromServer({ from: net.vip, fromPort: PORTS.vip }));
    const fromClientSide = buildIcmpError({
      from: net.client,
      to: net.vip,
      type: family === 4 ? 3 : 1,
      about,
    });
    for (const packet of [fromRouter, fromClientSide]) {
      expect(await harness().receive(packet)).toMatchObject({ verdict: "upcall", reason: "icmp_related" });
    }
    const echo = buildIcmpError({ from: net.client, to: net.vip, type: family === 4 ? 8 : 128, about });
    expect(await harness().receive(echo)).toMatchObject({ verdict: "pass", reason: "not_ours" });
  });
}
