/** The veth pair that injected packets travel through: made at start, kept over restarts, removed by clean-up. */
import { writeFileSync } from "node:fs";
import { runCommand } from "./command.ts";
import type { Kept } from "./interface-keeper.ts";
import { attachProgram, findLink, hasProgram } from "./links.ts";
import { turnOffOffloads } from "./offloads.ts";
import { type Link, listLinks } from "./rtnetlink.ts";

/** Both ends; what is written into the near one arrives at the far one. */
export interface InjectionLink {
  readonly near: Link;
  readonly far: Link;
}

const NEAR = "tandem-inject";
const FAR = "tandem-entry";
/** The second byte of the near end's MAC is no kind of `INJECT`: what the kernel itself sends through the pair is dropped. */
const MAC = { near: "02:ff:74:61:6e:01", far: "02:ff:74:61:6e:02" } as const;
/** Larger than any IP packet: ordinary packets are bounded by the MTU of the pair. */
const MTU = "65535";

/**
 * The far end's address, or the host's own stack refuses every IPv4 packet that comes in there where `all.rp_filter` is set. The dummy address of
 * RFC 7600 §3.4, which nothing is sent to, in the scope of this host, so that nothing is sent from it either.
 */
const FAR_ADDRESS = "192.0.0.8/32";

/**
 * Settings below /proc/sys/net. The far end must be a forwarding interface, or route lookups for it say no. What goes up to the host there has
 * come in elsewhere: its source is looked for on all interfaces (2), the most lenient way that a stricter `all.rp_filter` leaves.
 */
const SETTINGS: readonly (readonly [string, string])[] = [
  [`ipv4/conf/${FAR}/forwarding`, "1"],
  [`ipv4/conf/${FAR}/rp_filter`, "2"],
  [`ipv6/conf/${NEAR}/disable_ipv6`, "1"],
  [`ipv6/conf/${FAR}/forwarding`, "1"],
  [`ipv6/conf/${FAR}/accept_ra`, "0"],
  [`ipv6/conf/${FAR}/addr_gen_mode`, "1"],
];

/** Keep the pair, with `programFd` on its far end. `moved` is told whenever it is another one than before: with both ends. */
export function keepInjectionLink(programFd: number, moved: (pair: InjectionLink) => void): Kept {
  let pair: InjectionLink | undefined;
  return {
    mend(links) {
      const isThere = (end: Link) => links.get(end.name)?.index === end.index;
      if (pair && isThere(pair.near) && isThere(pair.far) && hasProgram(pair.far, "tc")) return;
      pair = ensureInjectionLink();
      attachProgram(pair.far, "tc", programFd);
      moved(pair);
    },
  };
}

/** Make the pair if it is not there, and see that it is up. Throws `LbError` (refused). */
function ensureInjectionLink(): InjectionLink {
  if (!listLinks().some((link) => link.name === NEAR)) {
    const near = ["name", NEAR, "mtu", MTU, "address", MAC.near];
    const far = ["name", FAR, "mtu", MTU, "address", MAC.far];
    runCommand("ip", ["link", "add", ...near, "type", "veth", "peer", ...far]);
  }
  runCommand("ip", ["address", "replace", FAR_ADDRESS, "scope", "host", "dev", FAR]);
  for (const [name, value] of SETTINGS) writeSetting(name, value);
  turnOffOffloads(NEAR); // the program at the far end wants single segments
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
