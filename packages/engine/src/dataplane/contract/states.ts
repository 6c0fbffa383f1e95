/** Sentences about the state tables: every arrow, and every place where there is none. */
import { METHOD_NUMBERS } from "@tandem/model";
import { expect, test } from "vitest";
import { DIRECTION, LIFE, RECORD, SCTP_EVENT, TCP_EVENT } from "../../core/layout.ts";
import { readField, writeField } from "../../core/record.ts";
import { buildPacket, type ChunkName, type PacketSpec } from "../../packet/testing.ts";
import { swapPort } from "../../packet/words.ts";
import type { TransportProtocol } from "../../protocols/protocol.ts";
import { sctp } from "../../protocols/sctp.ts";
import { tcp } from "../../protocols/tcp.ts";
import { packTransitions } from "../../protocols/transitions.ts";
import { udp } from "../../protocols/udp.ts";
import { type Connected, type ContractScene, PORTS } from "./scene.ts";

/** A packet for every event, in the order of the events. */
const TCP_PACKETS: readonly Partial<PacketSpec>[] = byEvent(TCP_EVENT, {
  syn: { flags: "S" },
  fin: { flags: "FA" },
  ack: { flags: "A" },
  rst: { flags: "R" },
  none: { flags: "P" },
});
const chunks = (...names: ChunkName[]): Partial<PacketSpec> => ({ protocol: "sctp", chunks: names });
const SCTP_PACKETS: readonly Partial<PacketSpec>[] = byEvent(SCTP_EVENT, {
  data: { protocol: "sctp", payload: "data" },
  init: chunks("init"),
  initAck: chunks("initAck"),
  cookieEcho: chunks("cookieEcho"),
  cookieAck: chunks("cookieAck"),
  shutdown: chunks("shutdown"),
  shutdownAck: chunks("shutdownAck"),
  shutdownComplete: chunks("shutdownComplete"),
  error: chunks("error"),
  abort: chunks("cookieAck", "abort"),
});

function byEvent<E extends string>(
  numbers: Readonly<Record<E, number>>,
  packets: Readonly<Record<E, Partial<PacketSpec>>>,
): Partial<PacketSpec>[] {
  const names = Object.keys(numbers) as E[];
  return names.toSorted((a, b) => numbers[a] - numbers[b]).map((name) => packets[name]);
}

const TABLES: readonly [string, TransportProtocol, readonly Partial<PacketSpec>[], boolean][] = [
  ["tcp", tcp, TCP_PACKETS, false],
  ["tcp in defence", tcp, TCP_PACKETS, true],
  ["udp", udp, [{ protocol: "udp" }], false],
  ["sctp", sctp, SCTP_PACKETS, false],
];

/** Each cell of each table by a packet. */
export function stateSentences({
  family,
  harness,
  fromClient,
  fromServer,
  connect,
  policy,
}: ContractScene): void {
  /** Let a packet pass as one that the core has seen: a SYN does not go up again. */
  async function pass(spec: PacketSpec, index: number): Promise<void> {
    const { dataplane, left } = harness();
    const packet = buildPacket(spec);
    dataplane.inject(
      "flow",
      { family, packet, packetBytes: packet.length, gsoSize: 0, gsoSegments: 1 },
      index,
    );
    expect(dataplane.flushPackets()).toBe(0);
    expect(await left(1)).toHaveLength(1);
  }

  function connectFor(direction: number, spec: Partial<PacketSpec>): Connected {
    if (direction !== DIRECTION.inputOnly) return connect({ spec });
    return connect({ spec, method: METHOD_NUMBERS["direct-route"], destinationPort: swapPort(PORTS.vip) });
  }

  for (const [name, protocol, packets, isSecure] of TABLES) {
    for (const [title, direction] of Object.entries(DIRECTION)) {
      test(`${name}, ${title}: every event leads every state to where the table says`, async () => {
        harness().dataplane.setPolicy(policy({ transitions: packTransitions(isSecure) }));
        const { records, index } = connectFor(direction, { protocol: protocol.name });
        const grid = ((isSecure && protocol.secureGrid) || protocol.grid)[direction]!;
        const flag = direction === DIRECTION.inputOnly ? LIFE.noOutput : 0;
        const reached: number[][] = [];
        for (const packet of packets) {
          const row: number[] = [];
          for (const state of protocol.stateNames.keys()) {
            writeField(records, index, RECORD.life, state | flag);
            const from = direction === DIRECTION.output ? fromServer : fromClient;
            await pass(from({ protocol: protocol.name, ...packet }), index);
            row.push(readField(records, index, RECORD.life));
          }
          reached.push(row);
        }
        expect(reached).toEqual(grid.map((row) => row.map((state) => state | flag)));
      });
    }
  }
}
