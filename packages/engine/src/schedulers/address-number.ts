/** Addresses as the single numbers that the kernel's hashing schedulers work with. */
import { FLOW_KEY } from "../core/layout.ts";
import { FLOW_PORTS } from "../packet/parse.ts";
import { swapPort } from "../packet/words.ts";
import type { Request } from "./scheduler.ts";

const WORDS = { 4: 1, 6: 4 } as const;
const SOURCE_AT = { 4: FLOW_KEY[4].source / 4, 6: FLOW_KEY[6].source / 4 } as const;
const DESTINATION_AT = { 4: FLOW_KEY[4].destination / 4, 6: FLOW_KEY[6].destination / 4 } as const;

/** First word of the packet's destination address in its flow key. */
export const destinationAt = (request: Request): number => DESTINATION_AT[request.family];
/** Words of an address of the packet. */
export const addressWords = (request: Request): number => WORDS[request.family];

/**
 * An address in host order; of IPv6 the exclusive or of its four words. 0..2^32-1.
 *
 * @param at    first word of the address
 * @param count 1 or 4
 * @see Linux 6.1 `ip_vs_dh.c`, `ip_vs_sh.c`, `ip_vs_mh.c`: each has its `hashkey` begin so
 */
export function numberOfAddress(words: Uint32Array, at: number, count: number): number {
  let folded = 0;
  for (let i = at; i < at + count; i++) folded ^= words[i]!;
  const high = swapPort(folded & 0xffff);
  const low = swapPort(folded >>> 16);
  return ((high << 16) | low) >>> 0;
}

/** The client's address, plus its port if that counts, 0..2^32-1. */
export function numberOfClient({ family, key }: Request, withPort: boolean): number {
  const port = withPort ? swapPort(key[FLOW_PORTS[family]]! & 0xffff) : 0;
  return (numberOfAddress(key, SOURCE_AT[family], WORDS[family]) + port) >>> 0;
}

/** The packet's destination address. */
export const numberOfDestination = ({ family, key }: Request): number =>
  numberOfAddress(key, DESTINATION_AT[family], WORDS[family]);
