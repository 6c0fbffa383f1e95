/** Keys of services and real servers as words: `ENDPOINT_KEY` of layout.ts, IPv4 as ::ffff:a.b.c.d. */
import { ENDPOINT_KEY } from "./layout.ts";

export const ENDPOINT_WORDS = ENDPOINT_KEY.size / 4;
const MAPPED_PREFIX = 0xffff_0000; // the bytes 00 00 ff ff
const PORT_WORD = ENDPOINT_KEY.port / 4;

/**
 * Write an endpoint key.
 *
 * @param from words that hold the address from `at` on, 1 or 4 by `family`
 * @param port the port's word as it stands in packets, not its number; 0 with protocol 0 means "the address alone"
 */
export function writeEndpoint(
  key: Uint32Array,
  address: { family: 4 | 6; from: Uint32Array; at: number },
  of: { port: number; protocol: number },
): void {
  if (address.family === 4) setMapped(key, address.from[address.at]!);
  else for (let i = 0; i < 4; i++) key[i] = address.from[address.at + i]!;
  setPort(key, of.port, of.protocol);
}

/** Give a key another port (as it stands in packets) and protocol. */
export function setPort(key: Uint32Array, port: number, protocol: number): void {
  key[PORT_WORD] = port | (protocol << 16);
}

function setMapped(key: Uint32Array, word: number): void {
  key[0] = 0;
  key[1] = 0;
  key[2] = MAPPED_PREFIX;
  key[3] = word;
}
