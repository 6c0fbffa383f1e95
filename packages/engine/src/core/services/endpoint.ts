/** Keys of services and real servers as words: `ENDPOINT_KEY` of layout.ts, IPv4 as ::ffff:a.b.c.d. */
import { ENDPOINT_KEY } from "../layout.ts";

/** Words of an endpoint key. */
export const ENDPOINT_WORDS = ENDPOINT_KEY.size / 4;
const MAPPED_PREFIX = 0xffff_0000; // the bytes 00 00 ff ff
const PORT_WORD = ENDPOINT_KEY.port / 4;

/** Of what an endpoint key is made. Reused by whoever looks endpoints up. */
export interface EndpointParts {
  family: 4 | 6;
  /** Words that hold the address from `at` on: 1 or 4. */
  from: Uint32Array;
  at: number;
  /** The port's word as it stands in packets, not its number; 0 with protocol 0 means "the address alone". */
  port: number;
  protocol: number;
}

/** Write an endpoint key. */
export function writeEndpoint(key: Uint32Array, of: EndpointParts): void {
  if (of.family === 4) setMapped(key, of.from[of.at]!);
  else for (let i = 0; i < 4; i++) key[i] = of.from[of.at + i]!;
  key[PORT_WORD] = of.port | (of.protocol << 16);
}

function setMapped(key: Uint32Array, word: number): void {
  key[0] = 0;
  key[1] = 0;
  key[2] = MAPPED_PREFIX;
  key[3] = word;
}
