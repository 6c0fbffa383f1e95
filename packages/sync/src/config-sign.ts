/** Signatures of the configuration: they decide whose documents a node applies. */
import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/** Signs heads and checks them. */
export interface ConfigSigner {
  /** @returns 64 hexadecimal digits */
  sign(text: string): string;
  /** Whether `signature` is that of `text`. Never throws, whatever `signature` is. */
  verify(text: string, signature: string): boolean;
}

/** SHA-256, as 64 hexadecimal digits. */
export function hashOf(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * Signatures that only holders of the cluster key can make: HMAC-SHA-256 with a key for this purpose and cluster alone.
 *
 * @param clusterKey at least 32 random bytes
 * @see RFC 2104 (HMAC), RFC 5869 (HKDF: salt = cluster name, info = `tandem configuration 1`)
 */
export function createClusterSigner(clusterKey: Uint8Array, cluster: string): ConfigSigner {
  const key = Buffer.from(hkdfSync("sha256", clusterKey, cluster, "tandem configuration 1", 32));
  return signerOf((text) => createHmac("sha256", key).update(text).digest("hex"));
}

/** Checksums, for a director on its own without a key: they show damage, not malice. */
export function createChecksumSigner(): ConfigSigner {
  return signerOf(hashOf);
}

function signerOf(sign: (text: string) => string): ConfigSigner {
  return {
    sign,
    verify(text, signature) {
      const wanted = Buffer.from(sign(text));
      const got = Buffer.from(signature);
      return got.length === wanted.length && timingSafeEqual(got, wanted);
    },
  };
}
