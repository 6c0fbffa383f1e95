import { expect, test } from "vitest";
import { createPcapngWriter, type WrittenPacket } from "./pcapng.ts";

const PACKET: WrittenPacket = {
  timeMs: 1_795_372_800_000.25, // 0x660e1_cdfbc0fa µs
  interface: "eth0",
  length: 60,
  data: Uint8Array.of(0x45, 0, 0, 60, 1),
  comment: "drop",
};

test("a file begins with its section, and a packet stands behind its interface", () => {
  const writer = createPcapngWriter("tandem");
  expect(Buffer.concat([writer.begin(), writer.packets([PACKET], 0)]).toString("hex")).toBe(
    [
      "0a0d0d0a2c000000 4d3c2b1a01000000 ffffffffffffffff 0400060074616e64656d0000 00000000 2c000000",
      "0100000020000000 71000000 00000000 0200040065746830 00000000 20000000",
      "0600000044000000 00000000 e1600600 fac0fbcd 15000000 4c000000 0000fffe000000000000000000000800 4500003c01000000 0100040064726f70 00000000 44000000",
    ]
      .join("")
      .replaceAll(" ", ""),
  );
});

/** What a reader finds: type and options of each block, and what stands before them. */
function blocksIn(bytes: Uint8Array) {
  const view = Buffer.from(bytes);
  const blocks: { type: number; fixed: Buffer; data: Buffer; options: [code: number, value: Buffer][] }[] =
    [];
  for (let at = 0; at < view.length; ) {
    const [type, size] = [view.readUInt32LE(at), view.readUInt32LE(at + 4)];
    expect([size % 4, view.readUInt32LE(at + size - 4)]).toEqual([0, size]);
    const fixedBytes = { 168627466: 16, 1: 8, 6: 20 }[type]!;
    const body = view.subarray(at + 8, at + size - 4);
    const fixed = body.subarray(0, fixedBytes);
    const dataBytes = type === 6 ? fixed.readUInt32LE(12) : 0;
    const data = body.subarray(fixedBytes, fixedBytes + dataBytes);
    blocks.push({
      type,
      fixed,
      data,
      options: [...optionsIn(body.subarray(fixedBytes + ((dataBytes + 3) & ~3)))],
    });
    at += size;
  }
  return blocks;
}

function* optionsIn(bytes: Buffer): Generator<[code: number, value: Buffer]> {
  for (let at = 0; bytes.readUInt16LE(at) !== 0; ) {
    const [code, size] = [bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2)];
    yield [code, bytes.subarray(at + 4, at + 4 + size)];
    at += 4 + ((size + 3) & ~3);
  }
}

test("every interface is told once, and packets name theirs by its place", () => {
  const writer = createPcapngWriter("tandem");
  const on = (name: string) => ({ ...PACKET, interface: name });
  const blocks = blocksIn(
    Buffer.concat([writer.packets([on("eth1"), on("lan")], 0), writer.packets([on("eth1")], 0)]),
  );
  expect(blocks.map(({ type }) => type)).toEqual([1, 6, 1, 6, 6]);
  const packets = blocks.filter(({ type }) => type === 6);
  expect(packets.map(({ fixed }) => fixed.readUInt32LE(0))).toEqual([0, 1, 0]);
  const names = blocks.filter(({ type }) => type === 1).map(({ options }) => options[0]![1].toString());
  expect(names).toEqual(["eth1", "lan"]);
});

test("data and comments of every length are filled up and read back", () => {
  for (let size = 0; size < 9; size++) {
    const data = Uint8Array.from({ length: size }, (_, i) => i + 1);
    const comment = "→ é".repeat(size);
    const packet = { ...PACKET, data, comment, length: 1000 + size };
    const [, block] = blocksIn(createPcapngWriter("tandem").packets([packet], 0));
    expect([...block!.data.subarray(16)]).toEqual([...data]);
    expect(block!.fixed.readUInt32LE(16)).toBe(1016 + size);
    expect(block!.options.map(([code, value]) => [code, value.toString()])).toEqual([[1, comment]]);
  }
});

test("a packet of IPv6 is told as one", () => {
  const [, block] = blocksIn(
    createPcapngWriter("tandem").packets([{ ...PACKET, data: Uint8Array.of(0x60) }], 0),
  );
  expect(block!.data.toString("hex")).toBe("0000fffe0000000000000000000086dd60");
});

test("the next packet tells how many are missing before it, once", () => {
  const writer = createPcapngWriter("tandem");
  expect(writer.packets([], 5).length).toBe(0);
  const blocks = blocksIn(writer.packets([PACKET, PACKET], 2 ** 32));
  const dropped = blocks
    .filter(({ type }) => type === 6)
    .map(({ options }) => options.filter(([code]) => code === 4).map(([, value]) => value.readBigUInt64LE()));
  expect(dropped).toEqual([[2n ** 32n + 5n], []]);
});
