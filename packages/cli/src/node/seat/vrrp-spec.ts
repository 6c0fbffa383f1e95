import type { DirectorVrrpSpec, GroupAddress } from "keepalived-config";
import type { NodeConfig } from "../config/node-config.ts";
import { parsePrefixed } from "../config/prefixed-address.ts";

/** What VRRP has to do on a node; undefined if its configuration says nothing of it. */
export function vrrpSpecOf(config: NodeConfig): DirectorVrrpSpec | undefined {
  if (!config.vrrp) return undefined;
  return {
    node: config.name,
    peers: config.vrrp.peers,
    groups: config.vrrp.groups.map((group) => ({
      name: group.name,
      interface: group.interface,
      virtualRouterId: group.routerId,
      basePriority: group.priority,
      addresses: [
        ...group.addresses.map((address) => placed(address, group.interface)),
        ...group.inside.map((inside) => placed(inside.address, inside.interface)),
      ],
    })),
  };
}

function placed(text: string, name: string): GroupAddress {
  return { ...parsePrefixed(text)!, interface: name }; // the schema let nothing else through
}
