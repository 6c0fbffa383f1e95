/**
 * What the kernel must know about an injected packet besides its bytes: whether its checksum is finished and how large its segments are.
 *
 * ```
 * struct virtio_net_hdr, little endian: │ u8 flags │ u8 gso type │ u16 header bytes │ u16 gso size │ u16 checksum start │ u16 checksum offset │
 * ```
 */
export const VNET_HEADER_BYTES = 10;

const ETHERNET_BYTES = 14;
const NEEDS_CHECKSUM = 1;
/** VIRTIO_NET_HDR_GSO_*; UDP segments need Linux 6.2. */
const GSO = { none: 0, tcp4: 1, tcp6: 4, udp: 5 } as const;
const TCP = 6;
const UDP = 17;
const CHECKSUM_AT = { [TCP]: 16, [UDP]: 6 } as const;
const UDP_HEADER_BYTES = 8;
const IP4_FRAGMENT_MASK = 0x3fff;

/**
 * Write the header for `packet` (from its IP header on, `bytes` long) at `at`. `gsoSize` is 0 for an ordinary packet.
 *
 * A checksum that equals the folded pseudo-header sum is one that the sender left to its hardware; a finished one that happens to
 * equal it (1 in 65,535) is computed again, which changes nothing. Never throws, never allocates.
 */
export function writeVnetHeader(
  out: Uint8Array,
  at: number,
  packet: { bytes: Uint8Array; length: number; gsoSize: number },
): void {
  const { bytes, length, gsoSize } = packet;
  for (let i = 0; i < VNET_HEADER_BYTES; i++) out[at + i] = 0;
  const isIp4 = bytes[0]! >>> 4 === 4;
  const headerBytes = isIp4 ? (bytes[0]! & 15) * 4 : 40;
  const protocol = isIp4 ? bytes[9]! : bytes[6]!;
  if ((protocol !== TCP && protocol !== UDP) || (isIp4 && isFragment(bytes))) return;
  const checksumAt = headerBytes + CHECKSUM_AT[protocol];
  if (checksumAt + 2 > length) return;
  const checksum = word(bytes, checksumAt);
  if (gsoSize === 0 && (checksum === 0 || checksum !== pseudoSum(bytes, length, headerBytes, protocol)))
    return;
  out[at] = NEEDS_CHECKSUM;
  writeWord(out, at + 6, ETHERNET_BYTES + headerBytes);
  writeWord(out, at + 8, CHECKSUM_AT[protocol]);
  if (gsoSize === 0) return;
  const transportBytes = protocol === TCP ? (bytes[headerBytes + 12]! >>> 4) * 4 : UDP_HEADER_BYTES;
  out[at + 1] = protocol === UDP ? GSO.udp : isIp4 ? GSO.tcp4 : GSO.tcp6;
  writeWord(out, at + 2, ETHERNET_BYTES + headerBytes + transportBytes);
  writeWord(out, at + 4, gsoSize);
}

const isFragment = (ip4: Uint8Array): boolean => (word(ip4, 6) & IP4_FRAGMENT_MASK) !== 0;

const word = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;

function writeWord(out: Uint8Array, at: number, value: number): void {
  out[at] = value & 0xff;
  out[at + 1] = value >>> 8;
}

/** Addresses, protocol and transport length, folded to 16 bits: what stands in a checksum field that is to be finished. */
function pseudoSum(bytes: Uint8Array, length: number, headerBytes: number, protocol: number): number {
  const isIp4 = headerBytes !== 40 || bytes[0]! >>> 4 === 4;
  const from = isIp4 ? 12 : 8;
  const to = isIp4 ? 20 : 40;
  let sum = protocol + (length - headerBytes);
  for (let at = from; at < to; at += 2) sum += word(bytes, at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}
