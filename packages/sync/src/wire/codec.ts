/** What the codec of a kind of frame is. */
import type { ByteReader, ByteWriter } from "./bytes.ts";

/** Length of a challenge: never guessed, never met twice. */
export const CHALLENGE_BYTES = 16;

/** The body of one kind of frame, written and read. */
export interface Codec<Body> {
  /** An upper bound of the encoded size. */
  size(body: Body): number;
  write(w: ByteWriter, body: Body): void;
  /** `count` is the header's. Undefined if a field is out of range; missing and surplus bytes are noticed by the caller. */
  read(r: ByteReader, count: number): Body | undefined;
}
