/** Whose a captured packet is: what its connection says of it, or what it says itself. */
import { FLOW_PORTS, type ParsedPacket } from "../../packet/parse.ts";
import { swapPort, wordsToAddress } from "../../packet/words.ts";
import { ADDRESS, ADDRESS_WORDS, DIRECTION, RECORD } from "../layout.ts";
import { addressAt, type RecordArray, readField } from "../record.ts";
import { CAPTURED_BYTES } from "./capture-layout.ts";
import type { Captured } from "./captured.ts";

/** What is shown of no packet yet, to be filled in. */
export const createCaptured = (): Captured => ({
  timeMs: 0,
  ifindex: 0,
  reason: "not_ours",
  family: 4,
  service: 0,
  destination: 0,
  from: undefined,
  client: new Uint8Array(4),
  clientPort: 0,
  packetBytes: 0,
  bytes: new Uint8Array(CAPTURED_BYTES),
});

/** A connection's packet, which goes this way. */
export function creditConnection(
  captured: Captured,
  r: RecordArray,
  { index, direction }: { index: number; direction: number },
): void {
  captured.service = readField(r, index, RECORD.serviceId);
  captured.destination = readField(r, index, RECORD.destinationId);
  captured.from = direction === DIRECTION.output ? "server" : "client";
  captured.client = addressOf(r.words, index * r.stride + addressAt(r, ADDRESS.client), r.addressWords);
  captured.clientPort = swapPort(readField(r, index, RECORD.clientPorts) & 0xffff);
}

/** A packet of no connection, whose tuple is in `p`: for a service (its id, or 0), or a server's to nobody. */
export function creditPacket(
  captured: Captured,
  { family, key }: ParsedPacket,
  { service, isReply }: { service: number; isReply: boolean },
): void {
  const words = ADDRESS_WORDS[family];
  const ports = key[FLOW_PORTS[family]]!;
  captured.service = service;
  captured.from = isReply ? "server" : service === 0 ? undefined : "client";
  captured.client = addressOf(key, isReply ? words : 0, words);
  captured.clientPort = swapPort(isReply ? ports >>> 16 : ports & 0xffff);
}

function addressOf(words: Uint32Array, at: number, count: number): Uint8Array {
  const address = new Uint8Array(4 * count);
  wordsToAddress(words, at, address, count);
  return address;
}
