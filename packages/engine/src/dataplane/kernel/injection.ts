/**
 * The daemon's own packets: written in batches into a veth pair whose far end runs the fast path. The frame's source MAC says what
 * to do with it (`INJECT` in core/layout.ts).
 */
import { INJECT } from "../../core/layout.ts";
import type { Injected, InjectKind } from "../dataplane.ts";
import { addressOf, closeFd, mapMemory, openFrameSocket, sendMessages } from "./syscalls.ts";
import { VNET_HEADER_BYTES, writeVnetHeader } from "./vnet-header.ts";

const BATCH = 512;
const ARENA_BYTES = 2 << 20;
const ETHERNET_BYTES = 14;
const HEAD_BYTES = VNET_HEADER_BYTES + ETHERNET_BYTES;
/** A whole IP packet behind its head. */
const MAX_FRAME_BYTES = HEAD_BYTES + 65_536;
const LOOP_BYTES = 128;
/** struct iovec: base, length. struct mmsghdr: msghdr (56 bytes; its iovec pointer at 16, their number at 24), length sent. */
const IOVEC = { base: 0, length: 8, size: 16 } as const;
const MMSGHDR = { iovec: 16, iovecs: 24, size: 64 } as const;

export interface Injection {
  /** Queue a packet; the bytes are copied. Never throws. */
  inject(kind: InjectKind, packet: Injected, index: number): void;
  /** Send what is queued, in order. Returns the number of packets that the kernel did not take since the last call. Never throws. */
  flush(): number;
  /** Inject into the interface `ifindex` from now on; `farMac` is the MAC of the pair's other end. Throws `LbError` (refused). */
  moveTo(ifindex: number, farMac: Uint8Array): void;
  close(): void;
}

/** Until `moveTo` has said where, packets are refused. Throws `LbError` (refused). */
export function createInjection(): Injection {
  let socket = -1;
  const farMac = new Uint8Array(6);
  const memory = mapMemory(-1, ARENA_BYTES, { writable: true });
  const arena = new Uint8Array(memory);
  const base = addressOf(memory);
  const iovecs = Buffer.alloc(BATCH * IOVEC.size);
  const messages = Buffer.alloc(BATCH * MMSGHDR.size);
  for (let i = 0; i < BATCH; i++) {
    messages.writeBigUInt64LE(addressOf(iovecs) + BigInt(i * IOVEC.size), i * MMSGHDR.size + MMSGHDR.iovec);
    messages.writeBigUInt64LE(1n, i * MMSGHDR.size + MMSGHDR.iovecs);
  }
  const frame = { bytes: new Uint8Array() as Uint8Array, length: 0, gsoSize: 0 };
  let queued = 0;
  let used = 0;
  let refused = 0;

  function inject(kind: InjectKind, packet: Injected, index: number): void {
    if (queued === BATCH || used + MAX_FRAME_BYTES > ARENA_BYTES) send();
    frame.bytes = packet.packet;
    frame.length = packet.packetBytes;
    frame.gsoSize = packet.gsoSize;
    writeVnetHeader(arena, used, frame);
    writeEthernet(used + VNET_HEADER_BYTES, kind, packet, index);
    const at = used + HEAD_BYTES;
    copyBytes(at, packet.packet, packet.packetBytes);
    const bytes = HEAD_BYTES + packet.packetBytes;
    // A pointer is a bigint only here; the arena does not move, so its low and high words are written as numbers.
    writePointer(queued * IOVEC.size + IOVEC.base, used);
    iovecs.writeUInt32LE(bytes, queued * IOVEC.size + IOVEC.length);
    used += (bytes + 7) & ~7;
    queued++;
  }

  /** A view costs more than copying a short packet byte by byte. */
  function copyBytes(at: number, from: Uint8Array, length: number): void {
    if (length > LOOP_BYTES) arena.set(from.subarray(0, length), at);
    else for (let i = 0; i < length; i++) arena[at + i] = from[i]!;
  }

  const baseLow = Number(base & 0xffff_ffffn);
  const baseHigh = Number(base >> 32n);
  function writePointer(at: number, offset: number): void {
    const low = baseLow + offset;
    iovecs.writeUInt32LE(low >>> 0, at);
    iovecs.writeUInt32LE(low > 0xffff_ffff ? baseHigh + 1 : baseHigh, at + 4);
  }

  function writeEthernet(at: number, kind: InjectKind, packet: Injected, index: number): void {
    for (let i = 0; i < 6; i++) arena[at + i] = farMac[i]!;
    arena[at + 6] = 2; // locally administered
    arena[at + 7] = kind === "via" ? (packet.family === 4 ? INJECT.via4 : INJECT.via6) : INJECT[kind];
    for (let i = 0; i < 4; i++) arena[at + 8 + i] = index >>> (8 * i);
    arena[at + 12] = packet.family === 4 ? 0x08 : 0x86;
    arena[at + 13] = packet.family === 4 ? 0x00 : 0xdd;
  }

  /** A packet that the kernel refuses is counted and passed over, so that the ones behind it still go. */
  function send(): void {
    for (let at = 0; at < queued; ) {
      const sent = sendMessages(socket, messages.subarray(at * MMSGHDR.size), queued - at);
      if (sent <= 0) refused++;
      at += Math.max(sent, 1);
    }
    queued = 0;
    used = 0;
  }

  function flush(): number {
    if (queued > 0) send();
    const result = refused;
    refused = 0;
    return result;
  }

  function moveTo(ifindex: number, mac: Uint8Array): void {
    const next = openFrameSocket(ifindex);
    if (socket >= 0) closeFd(socket);
    socket = next;
    farMac.set(mac);
  }

  return { inject, flush, moveTo, close: () => closeFd(socket) };
}
