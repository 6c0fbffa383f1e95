/** The few system calls that Node does not offer. Failures leave here as LbError; nothing else in the project meets an errno. */
import { getSystemErrorName } from "node:util";
import { LbError } from "@tandem/model";
import koffi from "koffi";

const libc = koffi.load("libc.so.6");
const call = {
  mmap: libc.func("void *mmap(void *, size_t, int, int, int, int64_t)"),
  poll: libc.func("int poll(void *, uint64_t, int)"),
  eventfd: libc.func("int eventfd(uint32_t, int)"),
  read: libc.func("int64_t read(int, void *, size_t)"),
  write: libc.func("int64_t write(int, void *, size_t)"),
  close: libc.func("int close(int)"),
  flock: libc.func("int flock(int, int)"),
  socket: libc.func("int socket(int, int, int)"),
  bind: libc.func("int bind(int, void *, uint32_t)"),
  setsockopt: libc.func("int setsockopt(int, int, int, void *, uint32_t)"),
  sendmmsg: libc.func("int sendmmsg(int, void *, uint32_t, int)"),
  ioctl: libc.func("int ioctl(int, unsigned long, void *)"),
};

const PROT = { read: 1, write: 2 } as const;
const MAP = { shared: 1, private: 2, anonymous: 0x20 } as const;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;
const EFD = { cloexec: 0o2000000, nonblock: 0o4000 } as const;
const LOCK = { exclusive: 2, nonblocking: 4 } as const;
const POLLIN = 1;

export const ERRNO = koffi.os.errno as Readonly<Record<string, number>>;

/** What the kernel refused, in the operator's words. `errno` is positive. */
export function refusal(doing: string, errno: number, want = "the kernel to accept it"): LbError {
  return new LbError({ code: "refused", doing, why: getSystemErrorName(-errno), want });
}

/** The result of a call that says -1 for failure. Throws `LbError` (refused). */
function checked(result: number, doing: string): number {
  if (result < 0) throw refusal(doing, koffi.errno());
  return result;
}

/**
 * Memory shared with the kernel or with the file behind `fd`; `fd` -1 is fresh private memory. It stays mapped until the process
 * ends, because views of it may be anywhere. Throws `LbError` (refused).
 */
export function mapMemory(
  fd: number,
  bytes: number,
  options: { writable: boolean; offset?: number },
): ArrayBuffer {
  const protection = PROT.read | (options.writable ? PROT.write : 0);
  const flags = fd < 0 ? MAP.private | MAP.anonymous : MAP.shared;
  const at = call.mmap(null, bytes, protection, flags, fd, BigInt(options.offset ?? 0));
  if (BigInt.asUintN(64, koffi.address(at)) === MAP_FAILED) throw refusal("map shared memory", koffi.errno());
  return koffi.view(at, bytes);
}

/** Address of a buffer's memory, for structures that point at each other. The buffer must stay referenced. */
export function addressOf(buffer: ArrayBuffer | Uint8Array): bigint {
  return koffi.address(buffer);
}

/** File descriptors to wait for, made once and polled often. */
export interface PollSet {
  readonly entries: Uint8Array;
  readonly count: number;
}

/** `struct pollfd` (8 bytes): int fd, short events, short revents. */
export function createPollSet(fds: readonly number[]): PollSet {
  const entries = Buffer.alloc(fds.length * 8);
  for (const [i, fd] of fds.entries()) {
    entries.writeInt32LE(fd, i * 8);
    entries.writeInt16LE(POLLIN, i * 8 + 4);
  }
  return { entries, count: fds.length };
}

/** Block this thread until one of the descriptors is readable or `timeoutMs` has passed. A signal ends the wait early. Never throws. */
export function pollReadable(set: PollSet, timeoutMs: number): void {
  call.poll(set.entries, set.count, timeoutMs);
}

/** An event counter that any thread may raise: write 8 bytes to it (`raiseEvent`, or `fs.writeSync`). Throws `LbError` (refused). */
export function createEvent(): number {
  return checked(call.eventfd(0, EFD.cloexec | EFD.nonblock), "create an eventfd");
}

const ONE = new BigUint64Array([1n]);
const SINK = new Uint8Array(8);

/** Wake whoever polls the event. Never throws. */
export function raiseEvent(fd: number): void {
  call.write(fd, ONE, 8);
}

/** Back to zero. Never throws. */
export function clearEvent(fd: number): void {
  call.read(fd, SINK, 8);
}

/** Close a descriptor. Never throws. */
export function closeFd(fd: number): void {
  call.close(fd);
}

/** Lock the open file for this process. False if another process holds it. Throws `LbError` (refused) for any other reason. */
export function tryLock(fd: number): boolean {
  if (call.flock(fd, LOCK.exclusive | LOCK.nonblocking) === 0) return true;
  const errno = koffi.errno();
  if (errno === ERRNO.EWOULDBLOCK || errno === ERRNO.EAGAIN) return false;
  throw refusal("lock the data plane", errno);
}

const AF_PACKET = 17;
const SOCK = { raw: 3, cloexec: 0o2000000 } as const;
const SOL_PACKET = 263;
const PACKET_VNET_HDR = 15;

/**
 * A socket that writes whole Ethernet frames to one interface, each behind a `virtio_net_hdr` (10 bytes). It receives nothing (protocol 0).
 * Not past the queueing discipline, though there is none: on that way Linux drops packets that it would have to cut (`__dev_direct_xmit`, 6.1).
 * Throws `LbError` (refused).
 */
export function openFrameSocket(ifindex: number): number {
  const doing = "open a packet socket";
  const fd = checked(call.socket(AF_PACKET, SOCK.raw | SOCK.cloexec, 0), doing);
  const on = new Uint32Array([1]);
  checked(call.setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, on, 4), doing);
  // struct sockaddr_ll (20 bytes): family, protocol (network order), ifindex, …
  const address = Buffer.alloc(20);
  address.writeUInt16LE(AF_PACKET, 0);
  address.writeInt32LE(ifindex, 4);
  checked(call.bind(fd, address, address.length), doing);
  return fd;
}

const AF_NETLINK = 16;
const SOCK_NONBLOCK = 0o4000;

/** A netlink socket to the kernel's routing side that is told of `groups` (a bit each). Reading it never waits. Throws `LbError` (refused). */
export function openRouteSocket(groups: number): number {
  const doing = "open a routing socket";
  const fd = checked(call.socket(AF_NETLINK, SOCK.raw | SOCK.cloexec | SOCK_NONBLOCK, 0), doing);
  // struct sockaddr_nl (12 bytes): family, padding, port (0: the kernel picks one), groups
  const address = Buffer.alloc(12);
  address.writeUInt16LE(AF_NETLINK, 0);
  address.writeUInt32LE(groups, 8);
  checked(call.bind(fd, address, address.length), doing);
  return fd;
}

const SIOCETHTOOL = 0x8946;
/** `struct ifreq`: the interface's name, and a pointer to the request. */
const IFREQ = { request: 16, size: 40 } as const;

/** Let ethtool's side of the kernel answer into `request`, about an interface of this thread's network namespace. Returns -errno if it fails. Throws `LbError` (refused). */
export function askInterface(link: string, request: Uint8Array): number {
  const fd = openRouteSocket(0);
  const ifreq = Buffer.alloc(IFREQ.size);
  ifreq.write(link, "latin1");
  ifreq.writeBigUInt64LE(addressOf(request), IFREQ.request);
  const result = call.ioctl(fd, SIOCETHTOOL, ifreq);
  const errno = koffi.errno();
  closeFd(fd);
  return result < 0 ? -errno : result;
}

/** Read one datagram. Returns its length, or -errno. Never throws. */
export function readSocket(fd: number, into: Uint8Array): number {
  const bytes = Number(call.read(fd, into, into.length));
  return bytes < 0 ? -koffi.errno() : bytes;
}

/** Write one datagram. Returns its length, or -errno. Never throws. */
export function writeSocket(fd: number, bytes: Uint8Array): number {
  const written = Number(call.write(fd, bytes, bytes.length));
  return written < 0 ? -koffi.errno() : written;
}

/** Send `count` messages of an array of `struct mmsghdr`, without waiting. Returns how many were sent, or -errno if none was. Never throws. */
export function sendMessages(fd: number, messages: Uint8Array, count: number): number {
  const sent = call.sendmmsg(fd, messages, count, 0);
  return sent < 0 ? -koffi.errno() : sent;
}
