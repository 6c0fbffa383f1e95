/** The seal that nodes use: AES-256-GCM with a key per sender and epoch, by HKDF-SHA256 from the cluster key. */
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import type { FrameHeader } from "./wire/header.ts";
import { nonceOf, type Seal, TAG_BYTES } from "./wire/seal.ts";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
/** Epochs whose keys are kept: a derivation costs more than a frame, and made-up epochs must not fill memory. */
const CACHED_KEYS = 64;

/**
 * A seal over the cluster's keys.
 *
 * @param keys cluster keys by id (0..255), each at least 32 random bytes; throws a plain Error for a shorter one
 * @param keyId the one that this node seals with; the others are only for opening
 * @see NIST SP 800-38D (GCM), RFC 5869 (HKDF: salt = epoch, info = `tandem frame 1 ` + node)
 */
export function createAesGcmSeal(keys: ReadonlyMap<number, Uint8Array>, keyId: number): Seal {
  for (const key of keys.values()) {
    if (key.length < KEY_BYTES) throw new Error(`invariant: cluster key of ${key.length} bytes`);
  }
  const derived = new Map<string, Uint8Array>();
  const keyOf = (h: FrameHeader): Uint8Array | undefined => {
    const clusterKey = keys.get(h.keyId);
    if (clusterKey === undefined) return undefined;
    const name = `${h.keyId} ${h.node} ${h.epoch}`;
    const known = derived.get(name) ?? deriveKey(clusterKey, h);
    derived.delete(name);
    derived.set(name, known); // the latest used is last, the first is dropped
    if (derived.size > CACHED_KEYS) derived.delete(derived.keys().next().value!);
    return known;
  };
  return {
    keyId,
    hasKey: (id) => keys.has(id),
    seal(header, headerBytes, body) {
      const key = keyOf(header);
      if (key === undefined) throw new Error(`invariant: no cluster key ${header.keyId}`);
      const cipher = createCipheriv(CIPHER, key, nonceOf(header), { authTagLength: TAG_BYTES });
      cipher.setAAD(headerBytes);
      return Buffer.concat([cipher.update(body), cipher.final(), cipher.getAuthTag()]);
    },
    open(header, headerBytes, sealed) {
      const key = keyOf(header);
      const bodyBytes = sealed.length - TAG_BYTES;
      if (key === undefined || bodyBytes < 0) return undefined;
      const decipher = createDecipheriv(CIPHER, key, nonceOf(header), { authTagLength: TAG_BYTES });
      decipher.setAAD(headerBytes);
      decipher.setAuthTag(sealed.subarray(bodyBytes));
      const body = decipher.update(sealed.subarray(0, bodyBytes));
      try {
        decipher.final();
        return body;
      } catch {
        return undefined; // the tag does not match
      }
    },
  };
}

function deriveKey(clusterKey: Uint8Array, h: FrameHeader): Uint8Array {
  const derived = hkdfSync(
    "sha256",
    clusterKey,
    Uint8Array.fromHex(h.epoch),
    `tandem frame 1 ${h.node}`,
    KEY_BYTES,
  );
  return new Uint8Array(derived);
}
