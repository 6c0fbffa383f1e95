/**
 * The end of ipip, gre and gue tunnels, over IPv4 and IPv6, on a kernel without such devices: what arrives in a tunnel comes in once more,
 * unwrapped, by a device of its own. The virtual address is on `lo`, so replies go straight to the client. Prints `ready`, then
 * runs until it is killed; prints what it refuses.
 */
import { execFileSync } from "node:child_process";
import { writeSync } from "node:fs";
import {
  createPollSet,
  pollReadable,
  readSocket,
} from "../../../packages/engine/src/dataplane/kernel/syscalls.ts";
import { runBeforeOthers } from "../priority.ts";
import { PORTS } from "../topology.ts";
import { openDevice, openTunnelSockets, type TunnelSocket } from "./tunnel-sockets.ts";
import { unwrap } from "./unwrap.ts";

const DEVICE = "tunnel-end";
const WAIT_MS = 1000;

runBeforeOthers();
const sockets = openTunnelSockets(PORTS.gue);
const device = openDevice(DEVICE);
execFileSync("ip", ["link", "set", DEVICE, "mtu", "65535", "up"]);
const waiting = createPollSet(sockets.map(({ fd }) => fd));
const buffer = Buffer.alloc(70_000);
console.log("ready");

for (;;) {
  pollReadable(waiting, WAIT_MS);
  for (const socket of sockets) take(socket);
}

function take({ fd, tunnel, hasHeader }: TunnelSocket): void {
  for (let bytes = readSocket(fd, buffer); bytes > 0; bytes = readSocket(fd, buffer)) {
    const start = hasHeader ? (buffer[0]! & 15) * 4 : 0;
    const packet = unwrap(tunnel, buffer.subarray(start, bytes));
    if (packet) writeSync(device, packet);
    else
      console.log(
        `refused: ${tunnel} ${buffer.subarray(start, Math.min(bytes, start + 40)).toString("hex")}`,
      );
  }
}
