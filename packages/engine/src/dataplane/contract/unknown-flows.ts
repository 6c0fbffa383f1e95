/** Sentences about packets that belong to no flow. */
import { expect, test } from "vitest";
import type { Reason, Verdict } from "../../core/verdict.ts";
import { buildIp, buildPacket, type ChunkName, type PacketSpec } from "../../packet/testing.ts";
import { writeNetwork16 } from "../../packet/words.ts";
import { type ContractScene, PORTS } from "./scene.ts";

/** Every miss: to a service, from a destination, to nobody here. */
export function unknownFlowSentences({
  family,
  net,
  harness,
  fromClient,
  fromServer,
  unreachable,
}: ContractScene): void {
  const sctp = (chunks: readonly ChunkName[]): PacketSpec => fromClient({ protocol: "sctp", chunks });
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
      buildPacket(fromClient({ flags: "A", toPort: PORTS.sloppy })),
      "upcall",
      "mid_stream_sloppy",
    ],
    [
      "RST to a sloppy service",
      buildPacket(fromClient({ flags: "R", toPort: PORTS.sloppy })),
      "drop",
      "mid_stream",
    ],
    ["INIT to a service", buildPacket(sctp(["init"])), "upcall", "new_flow"],
    ["DATA to a service", buildPacket(sctp([])), "drop", "mid_stream"],
    [
      "DATA to a sloppy service",
      buildPacket({ ...sctp([]), toPort: PORTS.sloppy }),
      "upcall",
      "mid_stream_sloppy",
    ],
    [
      "ABORT to a sloppy service",
      buildPacket({ ...sctp(["abort"]), toPort: PORTS.sloppy }),
      "drop",
      "mid_stream",
    ],
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
    ["ICMP error about nothing known", unreachable(fromClient()), "pass", "not_ours"],
    ["protocol 47 to a VIP", ip(net.client, net.vip, 47), "pass", "not_ours"],
    ["cut TCP header to a VIP", ip(net.client, net.vip, 6, 19), "drop", "malformed"],
    ["cut TCP header elsewhere", ip(net.client, net.else, 6, 19), "pass", "not_ours"],
    ["cut UDP header to a VIP", ip(net.client, net.vip, 17, 7), "drop", "malformed"],
    ["cut SCTP header to a VIP", ip(net.client, net.vip, 132, 15), "drop", "malformed"],
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
