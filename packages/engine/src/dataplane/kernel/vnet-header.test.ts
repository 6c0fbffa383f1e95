import { expect, test } from "vitest";
import { VNET_HEADER_BYTES, writeVnetHeader } from "./vnet-header.ts";

/** 192.0.2.1:4660 → 192.0.2.2:80, 20 bytes of TCP; the checksum field holds the pseudo-header sum 0x841e. */
const TCP4 = "45000028000000004006b67fc0000201c00002021234005000000000000000005010ffff841e0000";
/** 2001:db8::1 → 2001:db8::2, UDP of 8 bytes, pseudo-header sum 0x5b8e. */
const UDP6 =
  "6000000000081140" +
  "20010db8000000000000000000000001" +
  "20010db8000000000000000000000002" +
  "1234003500085b8e";

const cases = [
  {
    name: "finishes a checksum that is only the pseudo-header sum",
    packet: TCP4,
    want: "01000000000022001000",
  },
  {
    name: "leaves a finished checksum alone",
    packet: TCP4.replace("841e", "1c9b"),
    want: "00000000000000000000",
  },
  {
    name: "leaves UDP without a checksum alone",
    packet: UDP6.replace("5b8e", "0000"),
    want: "00000000000000000000",
  },
  { name: "knows IPv6", packet: UDP6, want: "01000000000036000600" },
  { name: "names TCP segments", packet: TCP4, gsoSize: 1448, want: "01013600a80522001000" },
  { name: "names UDP segments", packet: UDP6, gsoSize: 1200, want: "01053e00b00436000600" },
  {
    name: "leaves fragments alone",
    packet: TCP4.replace("4500002800000000", "4500002800002000"),
    want: "00000000000000000000",
  },
  { name: "leaves ICMP alone", packet: TCP4.replace("4006b67f", "4001b67f"), want: "00000000000000000000" },
];
for (const c of cases) {
  test(`the vnet header ${c.name}`, () => {
    const bytes = new Uint8Array(Buffer.from(c.packet, "hex"));
    const out = new Uint8Array(VNET_HEADER_BYTES + 2).fill(0xaa);
    writeVnetHeader(out, 1, { bytes, length: bytes.length, gsoSize: c.gsoSize ?? 0 });
    expect(Buffer.from(out).toString("hex")).toBe(`aa${c.want}aa`);
  });
}

test("the vnet header is written for every truncation without reading beyond it", () => {
  const bytes = new Uint8Array(Buffer.from(TCP4, "hex"));
  const out = new Uint8Array(VNET_HEADER_BYTES);
  for (let length = 0; length < bytes.length - 2; length++) {
    writeVnetHeader(out, 0, { bytes, length, gsoSize: 0 });
    expect(out[0]).toBe(0);
  }
});
