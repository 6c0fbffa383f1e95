import { expect, test } from "vitest";
import { checksumOf, sumWords } from "../../../packages/engine/src/packet/checksum.ts";
import { buildPacket } from "../../../packages/engine/src/packet/testing.ts";
import { type TunnelName, unwrap } from "./unwrap.ts";

const inner4 = Buffer.from(
  buildPacket({
    protocol: "tcp",
    from: "10.77.0.50",
    fromPort: 1,
    to: "10.77.0.101",
    toPort: 2,
    payload: "odd",
  }),
);
const inner6 = Buffer.from(
  buildPacket({
    protocol: "udp",
    from: "fd77::50",
    fromPort: 1,
    to: "fd77::101",
    toPort: 2,
    payload: "even",
  }),
);
const hex = (text: string, ...rest: Uint8Array[]) =>
  Buffer.concat([Buffer.from(text.replaceAll(" ", ""), "hex"), ...rest]);

/** GRE with a checksum. */
function summed(type: string, packet: Uint8Array): Buffer {
  const bytes = hex(`8000 ${type} 0000 0000`, packet);
  bytes.writeUInt16LE(checksumOf(sumWords(bytes, 0, bytes.length)), 4);
  return bytes;
}

const cases: [string, TunnelName, Buffer, Buffer | undefined][] = [
  ["ipip", "ipip", inner4, inner4],
  ["ipip with IPv6", "ipv6", inner6, inner6],
  ["ipip whose protocol is the other family's", "ipip", inner6, undefined],
  ["gre", "gre", hex("0000 0800", inner4), inner4],
  ["gre with IPv6", "gre", hex("0000 86dd", inner6), inner6],
  ["gre of another protocol", "gre", hex("0000 6558", inner4), undefined],
  ["gre with a key", "gre", hex("2000 0800 00000001", inner4), undefined],
  ["gre with a checksum", "gre", summed("0800", inner4), inner4],
  ["gre with a wrong checksum", "gre", hex("8000 0800 1234 0000", inner4), undefined],
  ["gue", "gue", hex("00 04 0000", inner4), inner4],
  ["gue with IPv6", "gue", hex("00 29 0000", inner6), inner6],
  ["a control message of gue", "gue", hex("20 04 0000", inner4), undefined],
  ["gue with a flag", "gue", hex("00 04 0001", inner4), undefined],
  ["nothing", "gre", Buffer.alloc(0), undefined],
];
for (const [title, tunnel, bytes, wanted] of cases) {
  test(`a tunnel's end ${wanted ? "takes" : "refuses"} ${title}`, () => {
    expect(unwrap(tunnel, Buffer.from(bytes))).toEqual(wanted);
  });
}

test("a tunnel's end finishes a checksum that was left to hardware, and no other", () => {
  const unfinished = Buffer.from(inner6);
  const pseudo = Buffer.concat([inner6.subarray(8, 40), hex("0000 000c 0000 0011")]);
  unfinished.writeUInt16LE(~checksumOf(sumWords(pseudo, 0, pseudo.length)) & 0xffff, 46);
  expect(unwrap("ipv6", Buffer.from(unfinished))).toEqual(inner6);
  const wrong = Buffer.from(inner6);
  wrong[46]! ^= 1;
  expect(unwrap("ipv6", Buffer.from(wrong))).toEqual(wrong);
});
