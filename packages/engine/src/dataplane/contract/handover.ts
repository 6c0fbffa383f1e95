/** Sentences about what passes between fast path and daemon: upcalls, events, injected packets, flows. */
import { expect, test } from "vitest";
import { LIFE, RECORD } from "../../core/layout.ts";
import { readField } from "../../core/record.ts";
import { REASONS } from "../../core/verdict.ts";
import { buildPacket } from "../../packet/testing.ts";
import { TcpState } from "../../protocols/tcp.ts";
import type { Upcall } from "../dataplane.ts";
import { type ContractScene, PORTS, segmentsOf } from "./scene.ts";

const SEGMENT_BYTES = 1000;

/** Order, completeness and number of what is handed over, in either direction. */
export function handoverSentences({ family, net, harness, fromClient, connect }: ContractScene): void {
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
    const wanted = buildPacket(fromClient({ flags: "S", to: net.server, toPort: PORTS.server, ttl: 63 }));
    expect(await left(1)).toEqual([wanted]);
    expect(dataplane.counters().get("inject_miss")).toBe(1);
  });

  test("an offloaded packet that is injected as a flow leaves in segments, each forwarded by itself", async () => {
    const { dataplane, receiveOffloaded, left } = harness();
    const spec = fromClient({ toPort: PORTS.sloppy, flags: "A", payload: new Uint8Array(3500).fill(0x5c) });
    await receiveOffloaded(buildPacket(spec), SEGMENT_BYTES);
    const { index } = connect({ spec });
    dataplane.drainUpcalls(9, (upcall) => dataplane.inject("flow", upcall, index));
    expect(dataplane.flushPackets()).toBe(0);
    const translated = buildPacket({ ...spec, to: net.server, toPort: PORTS.server, ttl: 63 });
    const wanted = segmentsOf(translated, SEGMENT_BYTES);
    expect(await left(wanted.length)).toEqual(wanted);
    expect(dataplane.counters().get("forwarded")).toBe(wanted.length);
  });

  test("an injected packet whose last hop this is goes up as often as it is injected", async () => {
    const { dataplane, receive } = harness();
    connect();
    const seen: number[] = [];
    const take = () => dataplane.drainUpcalls(9, (upcall) => seen.push(upcall.reason));
    await receive(buildPacket(fromClient({ flags: "S", ttl: 1 })));
    for (let round = 0; round < 2; round++) {
      dataplane.drainUpcalls(9, (upcall) => {
        seen.push(upcall.reason);
        dataplane.inject("flow", upcall, -1);
      });
      dataplane.flushPackets();
    }
    take();
    expect(seen).toEqual([
      REASONS.syn_on_flow.number,
      REASONS.ttl_exceeded.number,
      REASONS.ttl_exceeded.number,
    ]);
  });

  test("a packet injected for the host is left to it", async () => {
    const { dataplane, receive } = harness();
    await receive(buildPacket(fromClient({ flags: "S" })));
    dataplane.drainUpcalls(9, (upcall) => dataplane.inject("host", upcall, -1));
    expect(dataplane.flushPackets()).toBe(0);
    expect(dataplane.counters().get("left_to_host")).toBe(1);
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
}
