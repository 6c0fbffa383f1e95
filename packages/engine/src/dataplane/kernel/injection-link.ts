/** The veth pair that injected packets travel through: made at start, kept over restarts, removed by clean-up. */
import { writeFileSync } from "node:fs";
import { runCommand } from "./command.ts";
import { findLink, type Link, listLinks } from "./links.ts";

const NEAR = "tandem-inject";
const FAR = "tandem-entry";
/** The second byte of the near end's MAC is no kind of `INJECT`: what the kernel itself sends through the pair is dropped. */
const MAC = { near: "02:ff:74:61:6e:01", far: "02:ff:74:61:6e:02" } as const;
/** Larger than any IP packet: ordinary packets are bounded by the MTU of the pair. */
const MTU = "65535";

/** Settings below /proc/sys/net. The far end must be a forwarding interface, or route lookups for it say no. */
const SETTINGS: readonly (readonly [string, string])[] = [
  [`ipv4/conf/${FAR}/forwarding`, "1"],
  [`ipv6/conf/${NEAR}/disable_ipv6`, "1"],
  [`ipv6/conf/${FAR}/forwarding`, "1"],
  [`ipv6/conf/${FAR}/accept_ra`, "0"],
  [`ipv6/conf/${FAR}/addr_gen_mode`, "1"],
];

/** Make the pair if it is not there, and see that it is up. Throws `LbError` (refused). */
export function ensureInjectionLink(): { near: Link; far: Link } {
  if (!listLinks().some((link) => link.name === NEAR)) {
    const near = ["name", NEAR, "mtu", MTU, "address", MAC.near];
    const far = ["name", FAR, "mtu", MTU, "address", MAC.far];
    runCommand("ip", ["link", "add", ...near, "type", "veth", "peer", ...far]);
  }
  for (const [name, value] of SETTINGS) writeSetting(name, value);
  runCommand("ip", ["link", "set", NEAR, "up"]);
  runCommand("ip", ["link", "set", FAR, "up"]);
  return { near: findLink(NEAR), far: findLink(FAR) };
}

/** Remove the pair, with the program on it. Throws `LbError` (refused). */
export function removeInjectionLink(): void {
  if (listLinks().some((link) => link.name === NEAR)) runCommand("ip", ["link", "delete", NEAR]);
}

/** A kernel without IPv6 has no such files, and needs none. */
function writeSetting(name: string, value: string): void {
  try {
    writeFileSync(`/proc/sys/net/${name}`, value);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
  }
}
