/**
 * One real server: HTTP, TCP echo and UDP echo, until it is killed. Prints `ready` when all of them listen.
 *
 * Usage: main.ts NAME UNHEALTHY_FILE ADDRESS…
 *
 * It listens on each address by itself: a UDP socket bound to the wildcard would answer from an address of the kernel's
 * choice, and not from the virtual one that the client asked.
 */
import { existsSync } from "node:fs";
import { runBeforeOthers } from "../priority.ts";
import { PORTS } from "../topology.ts";
import { listenTcpEcho } from "./tcp-echo.ts";
import { listenUdpEcho } from "./udp-echo.ts";
import { listenWeb } from "./web.ts";

const [name, unhealthyFile, ...addresses] = process.argv.slice(2);
if (!name || !unhealthyFile || addresses.length === 0) {
  console.error("Usage: main.ts NAME UNHEALTHY_FILE ADDRESS…");
  process.exit(2);
}

runBeforeOthers();
const isHealthy = () => !existsSync(unhealthyFile);
await Promise.all(
  addresses.flatMap((host) => [
    listenWeb({ host, port: PORTS.http }, name, isHealthy),
    listenTcpEcho({ host, port: PORTS.tcpEcho }, name),
    listenUdpEcho({ host, port: PORTS.udpEcho }, name),
  ]),
);
console.log("ready");
