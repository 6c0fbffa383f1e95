/** 2^32 divided by the golden ratio (Linux `GOLDEN_RATIO_32`). */
const GOLDEN_RATIO = 0x61c88647;

/** Multiplicative hash of 32 bits to the upper `bits` (1..32) of the product. Never throws. @see Linux 6.1 `linux/hash.h`, `hash_32` */
export const hash32 = (value: number, bits: number): number => Math.imul(value, GOLDEN_RATIO) >>> (32 - bits);
