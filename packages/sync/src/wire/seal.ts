/** Authenticated encryption of frames, as a port: what a cipher needs to know, and frames made and opened with it. */
import { channelOf, encodeHeader, type FrameHeader, headerBytes, type Kind } from "./header.ts";
import { type Bodies, decodeBody, encodeBody } from "./message.ts";

/** Length of a GCM nonce that is used as it is (NIST SP 800-38D §8.2.1). */
const NONCE_BYTES = 12;
/** Length of an authentication tag, uncut. */
export const TAG_BYTES = 16;

/** A cipher keyed by (cluster key, node, epoch): all of them are in the header. A pure function of its arguments and keys. */
export interface Seal {
  /** Id of the cluster key that new frames are sealed with, 0..255. */
  readonly keyId: number;
  hasKey(keyId: number): boolean;
  /** @returns the encrypted body and its tag; `headerBytes` is authenticated with it */
  seal(header: FrameHeader, headerBytes: Uint8Array, body: Uint8Array): Uint8Array;
  /** @returns the body, or undefined if header or body are not what their sender sealed. Never throws. */
  open(header: FrameHeader, headerBytes: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
}

/**
 * The 96-bit nonce of a frame: channel (32 bits), then sequence number (64 bits). A sender never uses a number of a channel twice in one
 * epoch, and an epoch has a key of its own, so no nonce meets the same key twice; a replayed frame is the same bytes.
 */
export function nonceOf(header: FrameHeader): Uint8Array {
  const nonce = new Uint8Array(NONCE_BYTES);
  const view = new DataView(nonce.buffer);
  view.setUint32(0, channelOf(header.kind));
  view.setUint32(4, Math.floor(header.sequence / 2 ** 32));
  view.setUint32(8, header.sequence >>> 0);
  return nonce;
}

/** A whole frame, ready to be published. */
export function sealFrame<K extends Kind>(
  seal: Seal,
  header: FrameHeader & { readonly kind: K },
  body: Bodies[K],
): Uint8Array {
  const head = encodeHeader(header);
  const sealed = seal.seal(header, head, encodeBody(header.kind, body));
  const frame = new Uint8Array(head.length + sealed.length);
  frame.set(head);
  frame.set(sealed, head.length);
  return frame;
}

/** A header and the body of its kind, after authentication. */
export type Frame = {
  [K in Kind]: { readonly kind: K; readonly header: FrameHeader; readonly body: Bodies[K] };
}[Kind];

/** Authenticate, decrypt and read the body of a frame whose header was read before. Never throws. */
export function openFrame(
  seal: Seal,
  header: FrameHeader,
  frame: Uint8Array,
): Frame | "forged" | "malformed" {
  const at = headerBytes(header);
  const bytes = seal.open(header, frame.subarray(0, at), frame.subarray(at));
  if (bytes === undefined) return "forged";
  const body = decodeBody(header, bytes);
  return body === undefined ? "malformed" : ({ kind: header.kind, header, body } as Frame);
}
