/** Bytes to an echo server and back. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";

const PIECE_BYTES = 1 << 18;
const DIGEST = "sha256";

/** Send so many bytes while as many come back. Returns the digests of both, which should be the same; rejects when the connection fails. */
export async function transfer(socket: Socket, totalBytes: number): Promise<{ sent: string; got: string }> {
  const [sent, got] = [createHash(DIGEST), createHash(DIGEST)];
  let missing = totalBytes;
  const complete = new Promise<void>((resolve, reject) => {
    const take = (bytes: Buffer) => {
      got.update(bytes);
      missing -= bytes.length;
      if (missing > 0) return;
      socket.off("data", take).off("error", reject);
      resolve();
    };
    socket.on("data", take).on("error", reject);
  });
  for (let at = 0; at < totalBytes; at += PIECE_BYTES) {
    const bytes = pattern(at, Math.min(PIECE_BYTES, totalBytes - at));
    sent.update(bytes);
    if (!socket.write(bytes)) await Promise.race([once(socket, "drain"), complete]);
  }
  await complete;
  return { sent: sent.digest("hex"), got: got.digest("hex") };
}

/** Numbers that are never the same twice within a cycle of 2^32 bytes, so that nothing can be in the wrong place unseen. */
function pattern(from: number, bytes: number): Buffer {
  const words = new Uint32Array(bytes / 4);
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(from / 4 + i, 0x9e37_79b1);
  return Buffer.from(words.buffer);
}
