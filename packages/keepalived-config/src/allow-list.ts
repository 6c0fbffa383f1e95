import { canonicalAddress, type Family, familyOf, LbError } from "@tandem/model";
import type { DirectorVrrpSpec, VrrpGroupSpec } from "./director.ts";
import { isWord, WORD_WANTED } from "./row.ts";

const VRRP_PROTOCOL = 112; // IANA protocol number

/** Name of the nftables table of a director: several directors on one host, as in tests, each have their own. */
export const allowListTable = (spec: DirectorVrrpSpec): string =>
  `tandem_vrrp_${spec.node.replaceAll(/\W/g, "_")}`;

/**
 * An nftables file that lets only the peers' adverts in: VRRPv3 has no authentication of its own, and a forged advert of
 * priority 255 takes every address off the cluster. Loading it replaces the former one in one transaction; what other VRRP
 * routers on the same network send passes, because rules match the group's interface and router id.
 *
 * @returns the text for `nft -f`, or undefined when `spec.peers` is empty: anybody may send
 * @throws LbError `invalid_argument` for a peer that is no address, or a group whose family no peer has
 */
export function emitAllowList(spec: DirectorVrrpSpec): string | undefined {
  if (spec.peers.length === 0) return undefined;
  const table = `table inet ${allowListTable(spec)}`;
  const rules = spec.groups.map((group) => `        ${rule(spec, group)}`);
  return [
    "# Written by Tandem. Changes made here are lost.",
    table, // declared first, so that deleting it cannot fail
    `delete ${table}`,
    `${table} {`,
    "    chain input {",
    "        type filter hook input priority filter - 10; policy accept;",
    ...rules,
    "    }",
    "}",
    "",
  ].join("\n");
}

/** Bits 8–15 of a VRRP packet are the router id (RFC 5798 §5.1). */
function rule(spec: DirectorVrrpSpec, group: VrrpGroupSpec): string {
  const unusable = [group.name, group.interface].find((text) => !isWord(text));
  if (unusable !== undefined) refuse("group", unusable, WORD_WANTED);
  const family = familyOf(group.addresses[0]?.address ?? "");
  const peers = peersOf(spec, family);
  const source = family === 4 ? "ip saddr" : "ip6 saddr";
  const isThisGroup = `iifname "${group.interface}" meta l4proto ${VRRP_PROTOCOL} @th,8,8 ${group.virtualRouterId}`;
  return `${isThisGroup} ${source} != { ${peers.join(", ")} } counter drop comment "VRRP group ${group.name}"`;
}

function peersOf(spec: DirectorVrrpSpec, family: Family): string[] {
  const peers = spec.peers.map((peer) => canonicalAddress(peer) ?? refuse("peers", peer, "IP addresses"));
  const usable = peers.filter((peer) => familyOf(peer) === family);
  return usable.length > 0 ? usable : refuse("peers", spec.peers.join(", "), `one of IPv${family}`);
}

function refuse(field: string, got: string, want: string): never {
  throw new LbError({ code: "invalid_argument", doing: "allow VRRP adverts", field, got: `"${got}"`, want });
}
