import { parseAddress } from "@tandem/model";
import { expect, test } from "vitest";
import { buildIp, buildPacket, packetProblems } from "../packet/testing.ts";
import { buildFragments } from "../packet/testing-cut.ts";
import {
  buildIcmpError,
  ICMP_ERROR_BYTES,
  ICMP_MESSAGES,
  type IcmpErrorSpec,
  mayAnswer,
} from "./icmp-build.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

function build(packet: Uint8Array, source: string, message: keyof typeof ICMP_MESSAGES, mtu = 0): Uint8Array {
  const family: 4 | 6 = packet[0]! >>> 4 === 4 ? 4 : 6;
  const out = new Uint8Array(ICMP_ERROR_BYTES[family]).fill(0xee);
  const spec: IcmpErrorSpec = {
    ...ICMP_MESSAGES[message][family],
    family,
    mtu,
    source: parseAddress(source)!,
  };
  return out.slice(0, buildIcmpError(out, packet, packet.length, spec));
}

// recorded from Linux 6.1; the identification, which is chosen freely, is that of the packet here, and the flow label of IPv6 none
const recorded = [
  {
    name: "time exceeded about a datagram",
    packet: "4500001f00014000011165640a0100050a00006403e90fc9000bf74774746c",
    message: "timeExceeded",
    source: "10.0.0.100",
    error:
      "45c0003b00010000400165980a0000640a0100050b000986000000004500001f00014000011165640a0100050a00006403e90fc9000bf74774746c",
  },
  {
    name: "port unreachable about SCTP",
    packet:
      "4500003400014000408425dc0a0100050a0000640384005a000000009f05b26201000014000000070000ffff0001000100000001",
    message: "portUnreachable",
    source: "10.0.0.100",
    error:
      "45c0005000010000400165830a0000640a0100050303a698000000004500003400014000408425dc0a0100050a0000640384005a000000009f05b26201000014000000070000ffff0001000100000001",
  },
  {
    name: "port unreachable about a datagram over IPv6",
    packet:
      "600000000009114020010db800020000000000000000000520010db80001000000000000000001000384005a0009278478",
    message: "portUnreachable",
    source: "2001:db8:1::100",
    error:
      "6000000000393a4020010db800010000000000000000010020010db8000200000000000000000005010430df00000000600000000009114020010db800020000000000000000000520010db80001000000000000000001000384005a0009278478",
  },
] as const;
for (const { name, packet, message, source, error } of recorded) {
  test(`ICMP error as the kernel's: ${name}`, () => {
    expect(hex(build(Uint8Array.from(Buffer.from(packet, "hex")), source, message))).toBe(error);
  });
}

const ends = {
  4: { from: "198.51.100.7", to: "192.0.2.1" },
  6: { from: "2001:db8:2::7", to: "2001:db8::1" },
} as const;
for (const family of [4, 6] as const) {
  test(`ICMP error over IPv${family} quotes as much as every host accepts, and tells the MTU`, () => {
    const packet = buildPacket({
      protocol: "udp",
      ...ends[family],
      fromPort: 1,
      toPort: 2,
      payload: "x".repeat(2000),
    });
    const error = build(packet, ends[family].to, "tooBig", 1400);
    expect(error).toHaveLength(ICMP_ERROR_BYTES[family]);
    const icmpAt = family === 4 ? 20 : 40;
    expect(hex(error.subarray(icmpAt + 4, icmpAt + 8))).toBe("00000578");
    expect(error.subarray(icmpAt + 8)).toEqual(packet.subarray(0, error.length - icmpAt - 8));
    expect(packetProblems(error)).toEqual([]);
  });
}

const body = new Uint8Array(16);
const about = (from: string, to: string, protocol = 17) => buildIp({ from, to, protocol, body });
const fragments = (family: 4 | 6) =>
  buildFragments(
    buildPacket({ protocol: "udp", ...ends[family], fromPort: 1, toPort: 2, payload: "x".repeat(64) }),
    32,
  );
const answered = [
  { name: "a datagram", packet: about("198.51.100.7", "192.0.2.1"), want: true },
  { name: "a datagram over IPv6", packet: about("2001:db8::7", "2001:db8::1"), want: true },
  { name: "ICMP", packet: about("198.51.100.7", "192.0.2.1", 1), want: false },
  { name: "ICMPv6", packet: about("2001:db8::7", "2001:db8::1", 58), want: false },
  { name: "what comes from a multicast address", packet: about("224.0.0.1", "192.0.2.1"), want: false },
  {
    name: "what comes from the broadcast address",
    packet: about("255.255.255.255", "192.0.2.1"),
    want: false,
  },
  { name: "what comes from nowhere", packet: about("0.0.0.0", "192.0.2.1"), want: false },
  { name: "what comes from loopback", packet: about("127.0.0.1", "192.0.2.1"), want: false },
  { name: "what goes to a multicast address", packet: about("198.51.100.7", "239.1.2.3"), want: false },
  { name: "what comes from nowhere over IPv6", packet: about("::", "2001:db8::1"), want: false },
  {
    name: "what goes to a multicast address over IPv6",
    packet: about("2001:db8::7", "ff02::1"),
    want: false,
  },
  { name: "a first fragment", packet: fragments(4)[0]!, want: true },
  { name: "a later fragment", packet: fragments(4)[1]!, want: false },
  { name: "a first fragment over IPv6", packet: fragments(6)[0]!, want: true },
  { name: "a later fragment over IPv6", packet: fragments(6)[1]!, want: false },
];
for (const { name, packet, want } of answered) {
  test(`ICMP errors about ${name} are ${want ? "" : "not "}sent`, () => {
    expect(mayAnswer(packet, packet[0]! >>> 4 === 4 ? 4 : 6)).toBe(want);
  });
}
