/** The veth pair that injected packets travel through: made at start, kept over restarts, removed by clean-up. */
import { readFileSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { LbError } from "@tandem/model";
import { runCommand } from "./command.ts";
import type { Kept } from "./interface-keeper.ts";
import { attachProgram, findLink, hasProgram } from "./links.ts";
import { hasOffloads, turnOffOffloads } from "./offloads.ts";
import { isSameLink, type Link, listLinks } from "./rtnetlink.ts";

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
const MTU = 65_535;

/**
 * The far end's address, or the host's own stack refuses every IPv4 packet that comes in there where `all.rp_filter` is set. The dummy address of
 * RFC 7600 §3.4, which nothing is sent to, in the scope of this host, so that nothing is sent from it either.
 */
const FAR_ADDRESS = "192.0.0.8";

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

/** What must hold of the pair, and how it comes to be so: nothing is touched that is right, or each mending would be a change to look after. */
const PROPERTIES: readonly { isRight(pair: InjectionLink): boolean; make(): void }[] = [
  {
    isRight: () => networkInterfaces()[FAR]?.some(({ address }) => address === FAR_ADDRESS) ?? false,
    make: () => runCommand("ip", ["address", "replace", `${FAR_ADDRESS}/32`, "scope", "host", "dev", FAR]),
  },
  ...SETTINGS.map(([name, value]) => ({
    isRight: () => readSetting(name) === value,
    make: () => writeSetting(name, value),
  })),
  // the program at the far end wants single segments
  { isRight: () => !hasOffloads(NEAR), make: () => turnOffOffloads(NEAR) },
  ...([NEAR, FAR] as const).flatMap((name) => [
    { isRight: (pair: InjectionLink) => endOf(pair, name).mtu === MTU, make: setLink(name, "mtu", `${MTU}`) },
    { isRight: (pair: InjectionLink) => endOf(pair, name).isUp, make: setLink(name, "up") },
  ]),
];

/** Keep the pair, with `programFd` on its far end. `moved` is told whenever it is another one than before: with both ends. */
export function keepInjectionLink(programFd: number, moved: (pair: InjectionLink) => void): Kept {
  let told: InjectionLink | undefined;
  return {
    mend(links) {
      const pair = pairAmong(links) ?? makePair();
      for (const { isRight, make } of PROPERTIES) if (!isRight(pair)) make();
      if (!hasProgram(pair.far, "tc")) attachProgram(pair.far, "tc", programFd);
      if (told && isSameLink(pair.near, told.near) && isSameLink(pair.far, told.far)) return;
      attachProgram(pair.far, "tc", programFd); // in the place of a former daemon's, too
      told = pair;
      moved(pair);
    },
  };
}

function pairAmong(links: ReadonlyMap<string, Link>): InjectionLink | undefined {
  const [near, far] = [links.get(NEAR), links.get(FAR)];
  return near && far && { near, far };
}

/** Make the pair. An end without the other, such as a renamed one's, goes first. Throws `LbError` (refused). */
function makePair(): InjectionLink {
  const single = listLinks().find(({ name }) => name === NEAR || name === FAR);
  if (single) runCommand("ip", ["link", "delete", single.name]);
  const near = ["name", NEAR, "mtu", `${MTU}`, "address", MAC.near];
  const far = ["name", FAR, "mtu", `${MTU}`, "address", MAC.far];
  runCommand("ip", ["link", "add", ...near, "type", "veth", "peer", ...far]);
  return { near: findLink(NEAR), far: findLink(FAR) };
}

function endOf({ near, far }: InjectionLink, name: typeof NEAR | typeof FAR): Link {
  return name === NEAR ? near : far;
}

function setLink(name: string, ...what: string[]): () => void {
  return () => void runCommand("ip", ["link", "set", name, ...what]);
}

/** Remove the pair, with the program on it. Throws `LbError` (refused). */
export function removeInjectionLink(): void {
  if (listLinks().some((link) => link.name === NEAR)) runCommand("ip", ["link", "delete", NEAR]);
}

/** Undefined: there is no such setting, as in a kernel without IPv6. */
function readSetting(name: string): string | undefined {
  try {
    return readFileSync(pathOf(name), "utf8").trim();
  } catch {
    return undefined;
  }
}

/** Throws `LbError` (refused) where /proc/sys is read-only. */
function writeSetting(name: string, value: string): void {
  try {
    writeFileSync(pathOf(name), value);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return;
    throw new LbError(
      { code: "refused", doing: `set net/${name}`, why: message, want: value },
      { cause: error },
    );
  }
}

const pathOf = (name: string): string => `/proc/sys/net/${name}`;
