/** The worked example of docs/wire/frame.md: a frame with one record, under a key of 32 sevens. */
import { createAesGcmSeal } from "../aes-gcm-seal.ts";
import type { FrameHeader } from "../wire/header.ts";

export const key = new Uint8Array(32).fill(7);
export const seal = createAesGcmSeal(new Map([[1, key]]), 1);
export const header: FrameHeader & { kind: "delta" } = {
  keyId: 1,
  kind: "delta",
  count: 1,
  revision: 9,
  sequence: 5,
  atUs: 1_000_000,
  epoch: "000102030405060708090a0b0c0d0e0f",
  node: "a",
};
export const records = Uint8Array.fromHex("8001c00002079cb001ac0205");
