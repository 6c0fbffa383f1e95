/**
 * Packets in the format that Wireshark and tcpdump read: pcapng, little-endian, each packet with its decision as a comment. Pure.
 *
 * ```
 *  0        4        8                          n-4      n
 *  ┌────────┬────────┬────────────────┬─────────┬────────┐
 *  │ type   │ n      │ fixed fields   │ options │ n      │   options: code (2), bytes (2), value, filled up to 4
 *  └────────┴────────┴────────────────┴─────────┴────────┘
 * ```
 * @see draft-ietf-opsawg-pcapng §3.1 (blocks), §4.1 (section header), §4.2 (interfaces), §4.3 (packets)
 */

/** Type of each block. */
const BLOCK = { section: 0x0a0d0d0a, interface: 1, packet: 6 } as const;
const OPTION = { end: 0, comment: 1, interfaceName: 2, dropCount: 4, application: 4 } as const;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/**
 * Packets stand behind a header of Linux' "cooked" capture (LINKTYPE_LINUX_SLL), which says nothing but their protocol: 16 bytes, big-endian. They could
 * do without (LINKTYPE_RAW), but of that libpcap up to 1.10 reads no file with several interfaces: it compares the file's number for it with its own.
 */
const LINK_TYPE = 113;
const COOKED_BYTES = 16;
/** Offsets in that header; what is 0: a packet to this host, from an address of no length. */
const COOKED = { hardwareType: 2, protocol: 14 } as const;
/** Linux' number for an interface without link addresses. */
const NO_HARDWARE = 0xfffe;
const ETHER_TYPE = { 4: 0x0800, 6: 0x86dd } as const;

/** A packet to be written. */
export interface WrittenPacket {
  /** Milliseconds since 1970, with fractions; kept to the microsecond, pcapng's own default. */
  readonly timeMs: number;
  readonly interface: string;
  /** Bytes that there were. */
  readonly length: number;
  /** The first of them. */
  readonly data: Uint8Array;
  readonly comment: string;
}

/** Writes one file, front to back. */
export interface PcapngWriter {
  /** What stands before all packets. */
  begin(): Uint8Array;
  /** Packets, behind their interfaces where these are new; the next one tells how many are missing before it. */
  packets(packets: readonly WrittenPacket[], lost: number): Uint8Array;
}

/** A writer of a new file. */
export function createPcapngWriter(application: string): PcapngWriter {
  const interfaces = new Map<string, number>();
  let missing = 0;

  function* blocksOf(packet: WrittenPacket) {
    const { interface: name } = packet;
    if (!interfaces.has(name)) {
      interfaces.set(name, interfaces.size);
      yield interfaceBlock(name);
    }
    yield packetBlock(packet, interfaces.get(name)!, missing);
    missing = 0;
  }

  return {
    begin: () => block(BLOCK.section, [SECTION, option(OPTION.application, Buffer.from(application)), END]),
    packets(packets, lost) {
      missing += lost;
      return Buffer.concat(packets.flatMap((packet) => [...blocksOf(packet)]));
    },
  };
}

const interfaceBlock = (name: string): Buffer =>
  block(BLOCK.interface, [INTERFACE, option(OPTION.interfaceName, Buffer.from(name)), END]);

function packetBlock({ timeMs, length, data, comment }: WrittenPacket, at: number, missing: number): Buffer {
  const timeUs = Math.round(timeMs * 1000);
  const fixed = Buffer.alloc(20);
  fixed.writeUInt32LE(at, 0);
  fixed.writeUInt32LE(Math.floor(timeUs / 2 ** 32), 4);
  fixed.writeUInt32LE(timeUs % 2 ** 32, 8);
  fixed.writeUInt32LE(COOKED_BYTES + data.length, 12);
  fixed.writeUInt32LE(COOKED_BYTES + length, 16);
  const dropped = missing > 0 ? [option(OPTION.dropCount, uint64(missing))] : [];
  return block(BLOCK.packet, [
    fixed,
    cookedHeader(data),
    filled(data),
    option(OPTION.comment, Buffer.from(comment)),
    ...dropped,
    END,
  ]);
}

function cookedHeader(data: Uint8Array): Buffer {
  const header = Buffer.alloc(COOKED_BYTES);
  header.writeUInt16BE(NO_HARDWARE, COOKED.hardwareType);
  header.writeUInt16BE((data[0] ?? 0) >>> 4 === 6 ? ETHER_TYPE[6] : ETHER_TYPE[4], COOKED.protocol);
  return header;
}

/** Version 1.0, and a section length that is not known. */
const SECTION = Buffer.alloc(16);
SECTION.writeUInt32LE(BYTE_ORDER_MAGIC, 0);
SECTION.writeUInt16LE(1, 4);
SECTION.writeBigInt64LE(-1n, 8);

/** Link type, two bytes of nothing, and no limit to a packet's length. */
const INTERFACE = Buffer.alloc(8);
INTERFACE.writeUInt16LE(LINK_TYPE, 0);

function block(type: number, parts: readonly Uint8Array[]): Buffer {
  const frame = Buffer.alloc(8);
  const totalBytes = parts.reduce((sum, { length }) => sum + length, 12);
  frame.writeUInt32LE(type, 0);
  frame.writeUInt32LE(totalBytes, 4);
  return Buffer.concat([frame, ...parts, frame.subarray(4)]);
}

function option(code: number, value: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, filled(value)]);
}

const END = option(OPTION.end, Buffer.alloc(0));

/** Bytes, and zeros up to a multiple of four. */
function filled(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}

function uint64(n: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(n));
  return bytes;
}
