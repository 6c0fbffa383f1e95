/** Sentences about forwarding methods other than masquerade, about SCTP, and about connections that are held or watched. */
import { formatAddress, METHOD_NUMBERS, TUNNEL_NUMBERS } from "@tandem/model";
import { expect, test } from "vitest";
import { LIFE, RECORD, TUNNEL_FLAG } from "../../core/layout.ts";
import { readCounter, readField, stateOf } from "../../core/record.ts";
import { addressWords } from "../../core/services/service-table.ts";
import { buildIcmpError, buildPacket, type PacketSpec, packetProblems } from "../../packet/testing.ts";
import { buildWrapped } from "../../packet/testing-cut.ts";
import { swapPort } from "../../packet/words.ts";
import { SctpState } from "../../protocols/sctp.ts";
import { TcpState } from "../../protocols/tcp.ts";
import { gueSourcePort } from "../../rewrite/tunnel-header.ts";
import type { Tunnel } from "../dataplane.ts";
import {
  bytesOf,
  CONTRACT_NETWORK,
  type Connected,
  type ContractScene,
  IDS,
  type Offloads,
  PORTS,
  segmentsOf,
} from "./scene.ts";

const GUE_PORT = 6080;
const TUNNEL_END = 255;
const SEGMENT_BYTES = 1000;
/** Changes of state by the first packets of a client alone: UDP's second datagram makes one, too. */
const CHANGES = { tcp: 1, udp: 2 } as const;

/** Tunnels, full NAT, local, bypass; held and watched. */
export function methodSentences(scene: ContractScene, offloads: Offloads): void {
  const { family, net, harness, fromClient, fromServer, connect } = scene;
  const setTunnel = (tunnel: Tunnel) =>
    harness().dataplane.program([{ kind: "set_tunnel", destination: IDS.destination, tunnel }]);
  const tunnelled = (spec?: PacketSpec) =>
    connect({
      ...(spec ? { spec } : {}),
      method: METHOD_NUMBERS.tunnel,
      life: LIFE.noOutput,
      destinationPort: swapPort(PORTS.vip),
    });

  for (const outer of [4, 6] as const)
    for (const type of ["ipip", "gre", "gue"] as const)
      for (const checksum of type === "ipip" ? [false] : [false, true]) {
        const name = `a tunnel by ${type} over IPv${outer}${checksum ? " with checksum" : ""}`;
        const to = CONTRACT_NETWORK[outer].server;

        /** A connection into the tunnel. */
        function enter(spec: PacketSpec) {
          const flags = checksum ? TUNNEL_FLAG.checksum : 0;
          const port = type === "gue" ? GUE_PORT : 0;
          setTunnel({ address: bytesOf(to), type: TUNNEL_NUMBERS[type], flags, port });
          return tunnelled(spec);
        }

        /** What these packets are in the tunnel. */
        function inTunnel(inners: readonly Uint8Array[], spec: PacketSpec): Uint8Array[] {
          const from = formatAddress(harness().dataplane.sourceFor(bytesOf(to))!);
          const { ttl = 64, tos = 0 } = spec;
          const fromPort = gueSourcePort(inners[0]!);
          return inners.map((inner) =>
            buildWrapped(inner, { type, checksum, from, to, ttl, tos, id: 0, fromPort }),
          );
        }

        /** All have been counted, with the bytes that are the client's, not the tunnel's. */
        function expectCounted({ index, records }: Connected, inners: readonly Uint8Array[]): void {
          const counters = [RECORD.inPackets, RECORD.inBytes].map((c) => readCounter(records, index, c));
          expect(counters).toEqual([inners.length, inners.reduce((sum, { length }) => sum + length, 0)]);
        }

        test(`${name} wraps the packet`, async () => {
          const spec = fromClient({ flags: "A", payload: "wrapped", tos: 0x28, ttl: 33 });
          const connected = enter(spec);
          expect(await harness().receive(buildPacket(spec))).toMatchObject({ reason: "forwarded" });
          const arrived = { ...spec, ttl: 32 };
          const inners = [buildPacket(arrived)];
          const left = await harness().left(1);
          expect(left).toEqual(inTunnel(inners, arrived));
          expect(left.flatMap(packetProblems)).toEqual([]);
          expectCounted(connected, inners);
        });

        for (const protocol of checksum ? offloads : [])
          test(`${name} wraps and counts each segment of an offloaded ${protocol} packet by itself`, async () => {
            const payload = Uint8Array.from({ length: 3500 }, (_, i) => i % 251);
            const spec = fromClient({ protocol, flags: "AP", payload, tos: 0x28, ttl: 33, id: 0x1234 });
            const connected = enter(spec);
            await harness().receiveOffloaded(buildPacket(spec), SEGMENT_BYTES);
            const arrived = { ...spec, ttl: 32 };
            const inners = segmentsOf(buildPacket(arrived), SEGMENT_BYTES);
            const left = await harness().left(inners.length);
            expect(left).toEqual(inTunnel(inners, arrived));
            expect(left.flatMap(packetProblems)).toEqual([]);
            expectCounted(connected, inners);
            expect(harness().dataplane.counters().get("forwarded")).toBe(inners.length);
            let events = 0;
            harness().dataplane.drainEvents(9, () => events++);
            expect(events).toBe(CHANGES[protocol]);
          });
      }

  test("a tunnel that nobody has set drops, and takes what is set later", async () => {
    tunnelled();
    const packet = buildPacket(fromClient());
    expect(await harness().receive(packet)).toMatchObject({ verdict: "drop", reason: "destination_gone" });
    setTunnel({ address: bytesOf(net.server), type: TUNNEL_NUMBERS.ipip, flags: 0, port: 0 });
    expect(await harness().receive(packet)).toMatchObject({ reason: "forwarded" });
  });

  test("an ICMP error about a packet to a tunnel's end is an upcall", async () => {
    const host = formatAddress(harness().dataplane.sourceFor(bytesOf(net.server))!);
    const about = buildWrapped(buildPacket(fromClient()), { type: "gre", from: host, to: net.server });
    const error = buildIcmpError({ from: net.else, to: host, type: family === 4 ? 3 : 2, code: 4, about });
    expect(await harness().receive(error)).toMatchObject({ reason: "not_ours" });
    const at = { address: bytesOf(net.server), port: 0, protocol: TUNNEL_END };
    harness().dataplane.program([{ kind: "set_real_server", at }]);
    expect(await harness().receive(error)).toMatchObject({ verdict: "upcall", reason: "icmp_about_tunnel" });
  });

  for (const protocol of ["tcp", "udp", "sctp"] as const) {
    test(`full NAT of ${protocol} rewrites both ends in both directions`, async () => {
      const { index, records } = connect({
        spec: { protocol },
        method: METHOD_NUMBERS["full-nat"],
        local: addressWords(net.host),
        localPort: swapPort(PORTS.local),
      });
      const request = fromClient({ protocol, payload: "request" });
      expect(await harness().receive(buildPacket(request))).toMatchObject({ reason: "forwarded" });
      const there = { from: net.host, fromPort: PORTS.local, to: net.server, toPort: PORTS.server, ttl: 63 };
      expect(await harness().left(1)).toEqual([buildPacket({ ...request, ...there })]);
      const reply = fromServer({ protocol, to: net.host, toPort: PORTS.local, payload: "reply" });
      expect(await harness().receive(buildPacket(reply))).toMatchObject({ reason: "forwarded" });
      const back = { from: net.vip, fromPort: PORTS.vip, to: net.client, toPort: PORTS.client, ttl: 63 };
      expect(await harness().left(1)).toEqual([buildPacket({ ...reply, ...back })]);
      expect([RECORD.inPackets, RECORD.outPackets].map((c) => readCounter(records, index, c))).toEqual([
        1, 1,
      ]);
    });
  }

  test("bypass leaves the destination as it is and lowers the time to live", async () => {
    connect({ spec: { to: net.else }, method: METHOD_NUMBERS.bypass, life: LIFE.noOutput });
    const spec = fromClient({ to: net.else, payload: "by itself" });
    expect(await harness().receive(buildPacket(spec))).toMatchObject({ reason: "forwarded" });
    expect(await harness().left(1)).toEqual([buildPacket({ ...spec, ttl: 63 })]);
  });

  test("a local destination's packets pass up to the host, counted and stepped", async () => {
    const { index, records } = connect({ method: METHOD_NUMBERS.local, life: LIFE.noOutput });
    const packet = buildPacket(fromClient({ ttl: 1 }));
    expect(await harness().receive(packet)).toMatchObject({ verdict: "pass", reason: "delivered" });
    expect(readCounter(records, index, RECORD.inBytes)).toBe(packet.length);
    expect(stateOf(records, index)).toBe(TcpState.established);
  });

  test("an SCTP flow is translated in both directions, its checksum right, its state stepped", async () => {
    const { index, records } = connect({ spec: { protocol: "sctp" } });
    const steps: [PacketSpec, Partial<PacketSpec>, number][] = [
      [
        fromClient({ chunks: ["cookieEcho"] }),
        { to: net.server, toPort: PORTS.server },
        SctpState.cookieReplied,
      ],
      [fromServer({ chunks: ["cookieAck"] }), { from: net.vip, fromPort: PORTS.vip }, SctpState.established],
      [fromClient({ payload: "some data" }), { to: net.server, toPort: PORTS.server }, SctpState.established],
      [fromServer({ chunks: ["abort"] }), { from: net.vip, fromPort: PORTS.vip }, SctpState.closed],
    ];
    for (const [spec, rewritten, state] of steps) {
      const sent: PacketSpec = { ...spec, protocol: "sctp" };
      expect(await harness().receive(buildPacket(sent))).toMatchObject({ reason: "forwarded" });
      expect(await harness().left(1)).toEqual([buildPacket({ ...sent, ...rewritten, ttl: 63 })]);
      expect(stateOf(records, index)).toBe(state);
    }
  });

  test("an INIT on a known SCTP flow is an upcall", async () => {
    connect({ spec: { protocol: "sctp" } });
    const init = buildPacket(fromClient({ protocol: "sctp", chunks: ["init"] }));
    expect(await harness().receive(init)).toMatchObject({ verdict: "upcall", reason: "syn_on_flow" });
  });

  test("a held connection drops its client's packets and forwards its destination's", async () => {
    const { index, records } = connect({ life: LIFE.held | TcpState.established });
    const [request, reply] = [buildPacket(fromClient()), buildPacket(fromServer())];
    expect(await harness().receive(request)).toMatchObject({ verdict: "drop", reason: "destination_gone" });
    expect(await harness().receive(reply)).toMatchObject({ verdict: "forward", reason: "forwarded" });
    expect(readCounter(records, index, RECORD.inPackets)).toBe(0);
  });

  test("a watched connection's packets go to the core, from either side, and come back by injection", async () => {
    const { index, records } = connect({ life: LIFE.watched | TcpState.established });
    const { dataplane, receive, left } = harness();
    for (const spec of [fromClient({ flags: "S" }), fromServer()]) {
      expect(await receive(buildPacket(spec))).toMatchObject({ verdict: "upcall", reason: "watched" });
    }
    expect(readCounter(records, index, RECORD.inPackets)).toBe(0);
    dataplane.drainUpcalls(9, (upcall) => dataplane.inject("flow", upcall, index));
    dataplane.flushPackets();
    expect(await left(2)).toHaveLength(2);
    expect(readField(records, index, RECORD.life) & LIFE.watched).toBe(LIFE.watched);
  });

  test("a connection whose client's port is not known is nobody's flow yet", async () => {
    connect({ spec: { fromPort: 0 }, life: LIFE.noClientPort });
    expect(await harness().receive(buildPacket(fromClient({ fromPort: 0 })))).toMatchObject({
      reason: "mid_stream",
    });
  });
}
