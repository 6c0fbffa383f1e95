/** The sockets of a tunnel's end, and the device behind it: system calls that Node does not offer. */
import { openSync } from "node:fs";
import koffi from "koffi";
import { TUNNEL_PROTOCOLS, type TunnelName } from "./unwrap.ts";

const libc = koffi.load("libc.so.6");
const call = {
  socket: libc.func("int socket(int, int, int)"),
  bind: libc.func("int bind(int, void *, uint32_t)"),
  setsockopt: libc.func("int setsockopt(int, int, int, void *, uint32_t)"),
  ioctl: libc.func("int ioctl(int, uint64_t, void *)"),
};

const AF = { 4: 2, 6: 10 } as const;
const SOCK = { datagram: 2, raw: 3, nonblock: 0o4000 } as const;
/** A datagram over IPv6 may come without a checksum (RFC 6935), where the receiver agrees. */
const UDP_NO_CHECK6_RX = { level: 17, option: 102 } as const;
/**
 * More than TCP has on its way at a time: a kernel whose raw socket has no room says "protocol unreachable".
 * 33 is SO_RCVBUFFORCE.
 */
const RECEIVE_BUFFER = { level: 1, option: 33, bytes: 16 << 20 } as const;
const IPV6_V6ONLY = { level: 41, option: 26 } as const;
const TUNSETIFF = 0x4004_54ca;
const IFF = { tun: 1, noPacketInformation: 0x1000 } as const;

/** One socket of a tunnel's end. */
export interface TunnelSocket {
  readonly fd: number;
  readonly tunnel: TunnelName;
  /** What is read starts with an outer IPv4 header: only raw sockets of IPv4 hand it on. */
  readonly hasHeader: boolean;
}

/** Sockets for every tunnel over IPv4 and IPv6. Throws a plain Error with the errno. */
export function openTunnelSockets(guePort: number): TunnelSocket[] {
  return ([4, 6] as const).flatMap((family) =>
    (Object.keys(TUNNEL_PROTOCOLS) as TunnelName[]).map((tunnel) =>
      tunnel === "gue" ? openGue(family, guePort) : openRaw(family, tunnel),
    ),
  );
}

function openRaw(family: 4 | 6, tunnel: TunnelName): TunnelSocket {
  const fd = checked(call.socket(AF[family], SOCK.raw | SOCK.nonblock, TUNNEL_PROTOCOLS[tunnel]), "socket");
  enlarge(fd);
  return { fd, tunnel, hasHeader: family === 4 };
}

function openGue(family: 4 | 6, port: number): TunnelSocket {
  const fd = checked(call.socket(AF[family], SOCK.datagram | SOCK.nonblock, 0), "socket");
  enlarge(fd);
  if (family === 6)
    for (const { level, option } of [UDP_NO_CHECK6_RX, IPV6_V6ONLY])
      checked(call.setsockopt(fd, level, option, new Uint32Array([1]), 4), "setsockopt");
  const address = Buffer.alloc(family === 4 ? 16 : 28); // struct sockaddr_in, sockaddr_in6: any address
  address.writeUInt16LE(AF[family], 0);
  address.writeUInt16BE(port, 2);
  checked(call.bind(fd, address, address.length), "bind");
  return { fd, tunnel: "gue", hasHeader: false };
}

function enlarge(fd: number): void {
  const { level, option, bytes } = RECEIVE_BUFFER;
  checked(call.setsockopt(fd, level, option, new Uint32Array([bytes]), 4), "setsockopt");
}

/** A device whose packets this process makes: what is written comes in there. Returns its descriptor. */
export function openDevice(name: string): number {
  const fd = openSync("/dev/net/tun", "r+");
  const request = Buffer.alloc(40); // struct ifreq: the name in 16 bytes, flags
  request.write(name, "latin1");
  request.writeUInt16LE(IFF.tun | IFF.noPacketInformation, 16);
  checked(call.ioctl(fd, TUNSETIFF, request), "ioctl");
  return fd;
}

function checked(result: number, what: string): number {
  if (result < 0) throw new Error(`${what}: errno ${koffi.errno()}`);
  return result;
}
