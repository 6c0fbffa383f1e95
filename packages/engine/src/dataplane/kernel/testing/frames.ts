/** Raw Ethernet frames in and out of one interface, for kernel tests. */
import koffi from "koffi";
import { closeFd, openFrameSocket, writeSocket } from "../syscalls.ts";
import { VNET_HEADER_BYTES, writeVnetHeader } from "../vnet-header.ts";

const libc = koffi.load("libc.so.6");
const call = {
  socket: libc.func("int socket(int, int, int)"),
  bind: libc.func("int bind(int, void *, uint32_t)"),
  send: libc.func("int64_t send(int, void *, size_t, int)"),
  receive: libc.func("int64_t recvfrom(int, void *, size_t, int, void *, void *)"),
};

const AF_PACKET = 17;
const SOCK_RAW_NONBLOCK = 3 | 0o4000;
const ETH_P_ALL = 0x0003;
const OUTGOING = 4;
const ETHERNET_BYTES = 14;

export interface FrameSocket {
  send(frame: Uint8Array): void;
  /** Frames that came in since the last call. */
  receive(): Uint8Array[];
  close(): void;
}

/** Open a socket on the interface `ifindex` of this thread's network namespace. */
export function openFrames(ifindex: number): FrameSocket {
  const fd = call.socket(AF_PACKET, SOCK_RAW_NONBLOCK, (ETH_P_ALL >> 8) | (ETH_P_ALL << 8));
  const address = Buffer.alloc(20);
  address.writeUInt16LE(AF_PACKET, 0);
  address.writeUInt16BE(ETH_P_ALL, 2);
  address.writeInt32LE(ifindex, 4);
  if (call.bind(fd, address, address.length) !== 0) throw new Error(`cannot bind: errno ${koffi.errno()}`);
  const buffer = Buffer.alloc(70_000);
  const from = Buffer.alloc(20);
  const fromBytes = new Uint32Array(1);

  function next(): Uint8Array | undefined {
    for (;;) {
      fromBytes[0] = from.length;
      const bytes = Number(call.receive(fd, buffer, buffer.length, 0, from, fromBytes));
      if (bytes < 0) return undefined;
      if (from[10] !== OUTGOING) return Uint8Array.from(buffer.subarray(0, bytes)); // sockaddr_ll.sll_pkttype
    }
  }

  return {
    send(frame) {
      const sent = Number(call.send(fd, frame, frame.length, 0));
      if (sent !== frame.length) throw new Error(`cannot send a frame: errno ${koffi.errno()}`);
    },
    receive() {
      const frames: Uint8Array[] = [];
      for (let frame = next(); frame; frame = next()) frames.push(frame);
      return frames;
    },
    close: () => closeFd(fd),
  };
}

/** Send a frame through `ifindex` that stands for segments of `gsoSize` bytes each. False if the kernel does not know such of its protocol (UDP, before Linux 6.2). */
export function sendOffloaded(ifindex: number, frame: Uint8Array, gsoSize: number): boolean {
  const packet = frame.subarray(ETHERNET_BYTES);
  const whole = new Uint8Array(VNET_HEADER_BYTES + frame.length);
  writeVnetHeader(whole, 0, { bytes: packet, length: packet.length, gsoSize });
  whole.set(frame, VNET_HEADER_BYTES);
  const fd = openFrameSocket(ifindex);
  const written = writeSocket(fd, whole);
  closeFd(fd);
  return written === whole.length;
}

/** An Ethernet frame around an IP packet. */
export function buildFrame(to: Uint8Array, from: Uint8Array, packet: Uint8Array): Uint8Array {
  const isIp4 = packet.length > 0 && packet[0]! >>> 4 === 4;
  return Uint8Array.from([...to, ...from, ...(isIp4 ? [0x08, 0x00] : [0x86, 0xdd]), ...packet]);
}
