/** The options of tunnels: which go together, and what they mean. */
import type { ServerSettings } from "./command.ts";
import type { Given } from "./given.ts";
import type { Slot } from "./options.ts";

const TUNNEL_CHECKSUMS = { "tun-nocsum": "none", "tun-csum": "full", "tun-remcsum": "remote" } as const;
const CHECKSUM_SLOTS = ["tun-nocsum", "tun-csum", "tun-remcsum"] as const;

/** Which checksum options a tunnel type knows. */
const CHECKSUMS_OF: Record<"ipip" | "gue" | "gre", readonly Slot[]> = {
  ipip: [],
  gue: CHECKSUM_SLOTS,
  gre: ["tun-nocsum", "tun-csum"],
};

/** What is wrong with a real server's tunnel options, or that it has some without a tunnel; undefined if nothing is. */
export function checkTunnel(method: string, given: Given, slots: ReadonlySet<Slot>): string | undefined {
  const type = given.tunnelType ?? "ipip";
  const checksums = CHECKSUM_SLOTS.filter((slot) => slots.has(slot));
  if (method !== "tunnel" && (slots.has("tun-type") || slots.has("tun-port") || checksums.length > 0))
    return "Tunnel options conflict with forward method";
  if (type === "gue" && !slots.has("tun-port"))
    return "You need to supply the 'tun-port' option for the 'gue' tunnel type";
  if (type !== "gue" && slots.has("tun-port"))
    return `Illegal 'tun-port' option with the '${type}' tunnel type`;
  const illegal = checksums.find((slot) => !CHECKSUMS_OF[type].includes(slot));
  if (illegal) return `Illegal '${illegal}' option with the '${type}' tunnel type`;
  const [first, second] = checksums;
  return second && `The option '${second}' conflicts with the '${first}' option in the '${type}' tunnel type`;
}

/** The tunnel that the options ask for. */
export function tunnelOf(given: Given, slots: ReadonlySet<Slot>): NonNullable<ServerSettings["tunnel"]> {
  const checksum = CHECKSUM_SLOTS.find((slot) => slots.has(slot)) ?? "tun-nocsum";
  return {
    type: given.tunnelType ?? "ipip",
    checksum: TUNNEL_CHECKSUMS[checksum],
    ...(given.tunnelPort !== undefined && { port: given.tunnelPort }),
  };
}
