/** Sentences about captures: which packets are shown, and what is said of them. */
import { METHOD_NUMBERS } from "@tandem/model";
import { afterEach, expect, test } from "vitest";
import { CAPTURED_BYTES } from "../../core/capture/capture-layout.ts";
import type { Captured, CaptureFilter } from "../../core/capture/captured.ts";
import { LIFE } from "../../core/layout.ts";
import { REASONS, type Reason } from "../../core/verdict.ts";
import { buildPacket, type PacketSpec } from "../../packet/testing.ts";
import { bytesOf, type ContractScene, IDS, PORTS } from "./scene.ts";

const EVERYTHING: CaptureFilter = { reasons: new Set(Object.keys(REASONS) as Reason[]) };
const LONG = "x".repeat(2 * CAPTURED_BYTES);

/** What is shown of packets, to whom, and what a capture leaves alone. */
export function captureSentences({ net, harness, fromClient, fromServer, connect }: ContractScene): void {
  /** Start to look; what is shown is taken by the function returned, in copies. */
  function look(filter: Partial<CaptureFilter> = {}): () => Captured[] {
    const { dataplane } = harness();
    dataplane.setCapture({ ...EVERYTHING, ...filter });
    return () => {
      const packets: Captured[] = [];
      dataplane.drainCaptured(99, (p) => packets.push({ ...p, bytes: p.bytes.slice() }));
      return packets;
    };
  }

  async function receive(...specs: PacketSpec[]): Promise<void> {
    for (const spec of specs) await harness().receive(buildPacket(spec));
  }

  /** What is said of a packet and can be known of it from its own bytes. */
  function shown(spec: PacketSpec) {
    const packet = buildPacket(spec);
    return { packetBytes: packet.length, bytes: packet.slice(0, CAPTURED_BYTES) };
  }

  afterEach(() => harness().dataplane.setCapture(undefined));

  test("packets are shown as they came in, in order, with what was decided and whose they are", async () => {
    connect();
    const take = look();
    const of = { service: IDS.tcp, destination: IDS.destination };
    const client = { client: bytesOf(net.client), clientPort: PORTS.client };
    const request = fromClient({ flags: "A", payload: LONG });
    const reply = fromServer({ flags: "A", payload: "reply" });
    const late = fromClient({ flags: "A", fromPort: 9 });
    const other = fromClient({ to: net.host, toPort: 22 });
    const unmatched = fromServer({ flags: "A", toPort: 9 });
    await receive(request, reply, late, other, unmatched);
    const packets = take();
    expect(packets).toMatchObject([
      { ...shown(request), ...client, ...of, reason: "forwarded", from: "client" },
      { ...shown(reply), ...client, ...of, reason: "forwarded", from: "server" },
      {
        ...shown(late),
        ...client,
        clientPort: 9,
        ...of,
        destination: 0,
        reason: "mid_stream",
        from: "client",
      },
      { ...shown(other), ...client, service: 0, destination: 0, reason: "not_ours", from: undefined },
      {
        ...shown(unmatched),
        ...client,
        clientPort: 9,
        service: 0,
        reason: "unmatched_reply",
        from: "server",
      },
    ]);
    const { dataplane } = harness();
    expect(dataplane.linkName(packets[0]!.ifindex)).not.toBe("");
    for (const { timeMs } of packets) expect(Math.abs(timeMs - dataplane.timeMs())).toBeLessThan(60_000);
    expect(packets.map((p) => p.timeMs).toSorted((a, b) => a - b)).toEqual(packets.map((p) => p.timeMs));
  });

  test("a packet is not credited to a connection whose client's port is not known yet", async () => {
    connect({ spec: { fromPort: 0 }, life: LIFE.noClientPort });
    const take = look();
    await receive(fromClient({ flags: "A", fromPort: 0 }));
    expect(take()).toMatchObject([
      { reason: "mid_stream", service: IDS.tcp, destination: 0, from: "client" },
    ]);
  });

  test("a packet for the core is not shown, nor one that is injected", async () => {
    const take = look();
    const { dataplane } = harness();
    await receive(fromClient({ flags: "S" }));
    const { index } = connect();
    dataplane.drainUpcalls(9, (upcall) => dataplane.inject("flow", upcall, index));
    dataplane.flushPackets();
    await harness().left(1);
    expect(take()).toEqual([]);
  });

  test("a client of a connection under full NAT is the one that it has, in both directions", async () => {
    const local = { local: new Uint32Array(bytesOf(net.else).buffer), localPort: 0x3412 };
    connect({ method: METHOD_NUMBERS["full-nat"], ...local });
    const take = look({ client: { address: bytesOf(net.client), port: PORTS.client } });
    await receive(fromClient({ flags: "A" }), fromServer({ flags: "A", to: net.else, toPort: 0x1234 }));
    expect(take()).toMatchObject([{ from: "client" }, { from: "server" }]);
  });

  const drops = new Set<Reason>(["mid_stream", "unmatched_reply"]);
  const filters: [what: string, filter: Partial<CaptureFilter>, wanted: Reason[]][] = [
    ["one service", { service: IDS.tcp }, ["forwarded", "forwarded", "mid_stream"]],
    ["a service without packets", { service: IDS.other }, []],
    ["reasons", { reasons: drops }, ["mid_stream", "unmatched_reply"]],
    [
      "one client",
      { client: { address: bytesOf(net.client), port: 0 } },
      ["forwarded", "forwarded", "mid_stream", "unmatched_reply"],
    ],
    [
      "one client's port",
      { client: { address: bytesOf(net.client), port: PORTS.client } },
      ["forwarded", "forwarded"],
    ],
    ["a client that sends nothing", { client: { address: bytesOf(net.server), port: 0 } }, []],
    [
      "all of it",
      { service: IDS.tcp, reasons: drops, client: { address: bytesOf(net.client), port: 9 } },
      ["mid_stream"],
    ],
  ];
  for (const [what, filter, wanted] of filters) {
    test(`a filter by ${what} shows no other packets`, async () => {
      connect();
      const take = look(filter);
      await receive(
        fromClient({ flags: "A" }),
        fromServer({ flags: "A" }),
        fromClient({ flags: "A", fromPort: 9 }),
        fromServer({ flags: "A", toPort: 9 }),
        fromClient({ from: net.else, to: net.host, toPort: 22 }),
      );
      expect(take().map((p) => p.reason)).toEqual(wanted);
    });
  }

  test("nothing is shown before a capture or after it, and what waited at its end is forgotten", async () => {
    const packet = fromClient({ flags: "A", fromPort: 9 });
    await receive(packet);
    const take = look();
    await receive(packet, packet);
    harness().dataplane.setCapture(undefined);
    await receive(packet);
    expect(take()).toEqual([]);
    look();
    expect(take()).toEqual([]);
    await receive(packet);
    expect(take()).toHaveLength(1);
    expect(harness().dataplane.lostCaptured()).toBe(0);
  });

  test("a filter that takes another's place leaves what waits", async () => {
    const packet = fromClient({ flags: "A", fromPort: 9 });
    const take = look();
    await receive(packet);
    look({ reasons: new Set() });
    await receive(packet);
    expect(take()).toHaveLength(1);
  });
}
