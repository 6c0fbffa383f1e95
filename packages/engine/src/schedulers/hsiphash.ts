/** A 128-bit key: four words, lowest first. */
export type SipKey = readonly [number, number, number, number];

/** Four 64-bit numbers as halves, lower first: BigInt would allocate on the packet path. */
const state = new Uint32Array(8);
const [A, B, C, D] = [0, 2, 4, 6];
/** "somepseudorandomlygeneratedbytes", which the algorithm starts from, as the words of `state`. */
const START = [
  0x70736575, 0x736f6d65, 0x6e646f6d, 0x646f7261, 0x6e657261, 0x6c796765, 0x79746573, 0x74656462,
] as const;
/** Upper half of the only block: the message's length of 4 bytes, in the last byte. */
const LENGTH = 4 << 24;

/**
 * Keyed hash of one 32-bit value, 0..2^32-1: SipHash-1-3 of its four bytes, cut to the lower 32 bits. Never throws, never allocates.
 *
 * @see Linux 6.1 `lib/siphash.c`, `hsiphash_1u32` on 64-bit machines (others have another hash); Aumasson and Bernstein, "SipHash", 2012
 */
export function hsiphash(value: number, key: SipKey): number {
  for (let i = 0; i < 8; i++) state[i] = START[i]! ^ key[i % 4]!;
  state[D]! ^= value;
  state[D + 1]! ^= LENGTH;
  round();
  state[A]! ^= value;
  state[A + 1]! ^= LENGTH;
  state[C]! ^= 0xff;
  round();
  round();
  round();
  return (state[A]! ^ state[B]! ^ state[C]! ^ state[D]!) >>> 0;
}

function round(): void {
  mix(A, B, 13);
  swapHalves(A);
  mix(C, D, 16);
  mix(A, D, 21);
  mix(C, B, 17);
  swapHalves(C);
}

/** Add `from` to `to`, rotate `from` left by `bits` (1..31) and combine it with the sum. */
function mix(to: number, from: number, bits: number): void {
  const low = state[from]!;
  const high = state[from + 1]!;
  const sum = state[to]! + low;
  state[to] = sum;
  state[to + 1]! += high + (sum > 0xffff_ffff ? 1 : 0);
  state[from] = ((low << bits) | (high >>> (32 - bits))) ^ state[to]!;
  state[from + 1] = ((high << bits) | (low >>> (32 - bits))) ^ state[to + 1]!;
}

function swapHalves(at: number): void {
  const low = state[at]!;
  state[at] = state[at + 1]!;
  state[at + 1] = low;
}
