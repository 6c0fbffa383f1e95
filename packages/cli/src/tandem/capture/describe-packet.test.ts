import { expect, test } from "vitest";
import { createRandom } from "../../testing/random.ts";
import { describePacket } from "./describe-packet.ts";

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(" ", ""), "hex");
const ipv4 = (protocol: string, totalBytes: string, fragment = "4000"): string =>
  `4500 ${totalBytes} 0001 ${fragment} 40 ${protocol} 0000 c6336407 c000020a`;
const ipv6 = (next: string, payloadBytes: string): string =>
  `60000000 ${payloadBytes} ${next} 40 20010db8000200000000000000000007 20010db8000000000000000000000010`;
const tcp = (flags: string, sequence = "00000001", ack = "00000000") =>
  `9cb0 0050 ${sequence} ${ack} 50${flags} faf0 0000 0000`;

const cases: { name: string; hex: string; length?: number; want: string }[] = [
  {
    name: "a SYN",
    hex: `${ipv4("06", "0028")} ${tcp("02")}`,
    want: "IP 198.51.100.7.40112 > 192.0.2.10.80: Flags [S], seq 1, win 64240, length 0",
  },
  {
    name: "data, of which the rest is not there, around the end of the sequence numbers",
    hex: `${ipv4("06", "05dc")} ${tcp("18", "fffffff0", "ffffffff")}`,
    length: 1500,
    want: "IP 198.51.100.7.40112 > 192.0.2.10.80: Flags [P.], seq 4294967280:1444, ack 4294967295, win 64240, length 1460",
  },
  {
    name: "an ACK alone, in a frame that was filled up",
    hex: `${ipv4("06", "0028")} ${tcp("10", "00000001", "00000007")} 000000000000`,
    want: "IP 198.51.100.7.40112 > 192.0.2.10.80: Flags [.], ack 7, win 64240, length 0",
  },
  {
    name: "every flag there is",
    hex: `${ipv4("06", "0028")} ${tcp("ff")}`,
    want: "IP 198.51.100.7.40112 > 192.0.2.10.80: Flags [FSRP.UEW], seq 1, ack 0, win 64240, length 0",
  },
  {
    name: "a reset",
    hex: `${ipv4("06", "0028")} ${tcp("04", "00000009")}`,
    want: "IP 198.51.100.7.40112 > 192.0.2.10.80: Flags [R], seq 9, win 64240, length 0",
  },
  {
    name: "no flags at all",
    hex: `${ipv4("06", "0028")} ${tcp("00")}`,
    want: "IP 198.51.100.7.40112 > 192.0.2.10.80: Flags [none], win 64240, length 0",
  },
  {
    name: "a segment longer than its header can say",
    hex: `${ipv4("06", "0000")} ${tcp("10")}`,
    length: 100_040,
    want: "IP 198.51.100.7.40112 > 192.0.2.10.80: Flags [.], seq 1:100001, ack 0, win 64240, length 100000",
  },
  {
    name: "a datagram",
    hex: `${ipv4("11", "0024")} 9cb0 0035 0010 0000 0102030405060708`,
    want: "IP 198.51.100.7.40112 > 192.0.2.10.53: UDP, length 8",
  },
  {
    name: "a datagram over IPv6",
    hex: `${ipv6("11", "000a")} 9cb0 0035 000a 0000 0102`,
    want: "IP6 2001:db8:2::7.40112 > 2001:db8::10.53: UDP, length 2",
  },
  {
    name: "a segment behind extension headers",
    hex: `${ipv6("00", "002c")} 2b00000000000000 3c00000000000000 0600000000000000 ${tcp("02")}`,
    want: "IP6 2001:db8:2::7.40112 > 2001:db8::10.80: Flags [S], seq 1, win 64240, length 0",
  },
  {
    name: "a segment behind an authentication header",
    hex: `${ipv6("33", "0024")} 06020000 00000001 00000001 00000000 ${tcp("02")}`,
    want: "IP6 2001:db8:2::7.40112 > 2001:db8::10.80: Flags [S], seq 1, win 64240, length 0",
  },
  {
    name: "the first fragment",
    hex: `${ipv4("11", "0024", "2000")} 9cb0 0035 07d0 0000 0102030405060708`,
    want: "IP 198.51.100.7.40112 > 192.0.2.10.53: UDP, length 8, first fragment",
  },
  {
    name: "a fragment in the middle",
    hex: `${ipv4("11", "0024", "2002")} 00112233445566778899aabbccddeeff`,
    want: "IP 198.51.100.7 > 192.0.2.10: UDP, fragment at 16, length 16",
  },
  {
    name: "a fragment in the middle, over IPv6",
    hex: `${ipv6("2c", "0010")} 1100 0011 00000001 2b112233 44556677`,
    want: "IP6 2001:db8:2::7 > 2001:db8::10: UDP, fragment at 16, length 8",
  },
  {
    name: "the last fragment, over IPv6",
    hex: `${ipv6("2c", "0010")} 1100 0010 00000001 2b112233 44556677`,
    want: "IP6 2001:db8:2::7 > 2001:db8::10: UDP, last fragment at 16, length 8",
  },
  {
    name: "a fragment that looks as if a header began it",
    hex: `${ipv6("2c", "0018")} 3c00 0010 00000001 0600000000000000 0011223344556677`,
    want: "IP6 2001:db8:2::7 > 2001:db8::10: protocol 60, last fragment at 16, length 16",
  },
  {
    name: "an association's beginning",
    hex: `${ipv4("84", "0034")} 9cb0 0b59 00000000 00000000 01000014 ${"00".repeat(16)}`,
    want: "IP 198.51.100.7.40112 > 192.0.2.10.2905: SCTP [INIT], length 32",
  },
  {
    name: "several chunks, of which one is filled up and one is nobody's",
    hex: `${ipv4("84", "0030")} 9cb0 0b59 00000000 00000000 0a000005 ff000000 0300 0004 c0000004`,
    want: "IP 198.51.100.7.40112 > 192.0.2.10.2905: SCTP [COOKIE ECHO] [SACK] [chunk 192], length 28",
  },
  {
    name: "chunks that say they have no length",
    hex: `${ipv4("84", "0028")} 9cb0 0b59 00000000 00000000 00000000 06000000`,
    want: "IP 198.51.100.7.40112 > 192.0.2.10.2905: SCTP [DATA] [ABORT], length 20",
  },
  {
    name: "a ping",
    hex: `${ipv4("01", "0024")} 0800 0000 0102 0003 0000000000000000`,
    want: "IP 198.51.100.7 > 192.0.2.10: ICMP echo request, id 258, seq 3, length 16",
  },
  {
    name: "a refusal, and what it is about",
    hex: `${ipv4("01", "0038")} 0303 0000 0000 0000 ${ipv4("11", "0024")} 9cb0 0035 0010 0000`,
    want: "IP 198.51.100.7 > 192.0.2.10: ICMP unreachable (port) about UDP 198.51.100.7.40112 > 192.0.2.10.53, length 36",
  },
  {
    name: "an error with a code of later days",
    hex: `${ipv4("01", "001c")} 030d 0000 0000 0000`,
    want: "IP 198.51.100.7 > 192.0.2.10: ICMP unreachable (code 13), length 8",
  },
  {
    name: "an error over IPv6",
    hex: `${ipv6("3a", "0038")} 0200 0000 00000500 ${ipv6("06", "0014")} 9cb00050`,
    want: "IP6 2001:db8:2::7 > 2001:db8::10: ICMP6 packet too big about TCP 2001:db8:2::7.40112 > 2001:db8::10.80, length 52",
  },
  {
    name: "a type of ICMP that nobody named",
    hex: `${ipv4("01", "001c")} fd02 0000 0000 0000`,
    want: "IP 198.51.100.7 > 192.0.2.10: ICMP type 253 (code 2), length 8",
  },
  {
    name: "a tunnel's packet",
    hex: `${ipv4("2f", "0018")} 00000800`,
    want: "IP 198.51.100.7 > 192.0.2.10: GRE, length 4",
  },
  {
    name: "a protocol without a name",
    hex: ipv4("fd", "0014"),
    want: "IP 198.51.100.7 > 192.0.2.10: protocol 253, length 0",
  },
  {
    name: "a segment cut short in its header",
    hex: `${ipv4("06", "0028")} 9cb00050 00000001 00000000 5002 faf0 0000`,
    length: 40,
    want: "IP 198.51.100.7.40112 > 192.0.2.10.80: TCP, cut short, length 20",
  },
  { name: "half an IP header", hex: "4500 0028", length: 40, want: "no whole IP header, length 40" },
  { name: "no IP at all", hex: "ffff".repeat(20), want: "no whole IP header, length 40" },
];
for (const { name, hex, length, want } of cases) {
  test(`a line tells ${name}`, () => {
    const data = bytes(hex);
    expect(describePacket(data, length ?? data.length)).toBe(want);
  });
}

test("a packet that is cut off anywhere has a line", () => {
  for (const { hex } of cases) {
    const data = bytes(hex);
    for (let end = 0; end <= data.length; end++)
      expect(describePacket(data.subarray(0, end), data.length)).toMatch(
        /^(IP6?|no whole IP header).* length \d+(, first fragment)?$/,
      );
  }
});

test("random bytes have a line", () => {
  const seed = Math.trunc(Math.random() * 2 ** 31);
  const random = createRandom(seed);
  for (let round = 0; round < 5000; round++) {
    const data = Uint8Array.from({ length: random(129) }, () => random(256));
    data[0] = [0x45, 0x60, 0x4f, data[0] ?? 0][random(4)]!;
    if (data.length > 9) data[random(2) === 0 ? 6 : 9] = [1, 6, 17, 58, 132, 0, 43, 44, 51, 60][random(10)]!;
    expect(describePacket(data, random(2 ** 17)), `seed ${seed}, round ${round}`).toMatch(
      /^(IP6?|no whole IP header).* length \d+/,
    );
  }
});
