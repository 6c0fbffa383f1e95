/** The network of keepalived daemons: a bridge outside, one inside, and hosts on both, each in a namespace of its own. */
import { execFileSync } from "node:child_process";

const PREFIX = `tdmvrrp${process.pid}`;

/** Run `ip`; what it prints. */
export const ip = (...args: string[]): string => execFileSync("ip", args, { encoding: "utf8" });

export interface VrrpNetwork {
  /** A host with eth0 outside, 192.0.2.`number`, and eth1 inside, 10.0.0.`number`. Returns its namespace. */
  addHost(name: string, number: number): string;
  /** Plug or unplug both of a host's links, at the bridges. */
  setLinks(name: string, state: "up" | "down"): void;
  /** Take everything away, and kill whoever still runs in it. */
  close(): void;
}

/** Make the bridges. What a former run left behind goes: the caller holds the lab's lock. */
export function createVrrpNetwork(): VrrpNetwork {
  for (const stale of ip("netns", "list").match(/^tdmvrrp\S+/gm) ?? []) removeNamespace(stale);
  const namespaces: string[] = [];

  function addNamespace(name: string): string {
    const namespace = `${PREFIX}-${name}`;
    ip("netns", "add", namespace);
    namespaces.push(namespace);
    ip("-n", namespace, "link", "set", "lo", "up");
    return namespace;
  }

  const bridges = addNamespace("sw");
  for (const bridge of ["outside", "inside"]) {
    ip("-n", bridges, "link", "add", bridge, "type", "bridge");
    ip("-n", bridges, "link", "set", bridge, "up");
  }

  return {
    addHost(name, number) {
      const namespace = addNamespace(name);
      for (const [device, bridge, address] of [
        ["eth0", "outside", `192.0.2.${number}/24`],
        ["eth1", "inside", `10.0.0.${number}/24`],
      ] as const) {
        const far = `${device}-${name}`;
        ip("-n", bridges, "link", "add", far, "type", "veth", "peer", "name", device, "netns", namespace);
        ip("-n", bridges, "link", "set", far, "master", bridge, "up");
        ip("-n", namespace, "address", "add", address, "dev", device);
        ip("-n", namespace, "link", "set", device, "up");
      }
      return namespace;
    },
    setLinks(name, state) {
      for (const device of ["eth0", "eth1"]) ip("-n", bridges, "link", "set", `${device}-${name}`, state);
    },
    close() {
      for (const namespace of namespaces) removeNamespace(namespace);
    },
  };
}

/** The namespace goes, and whoever still runs in it: directors that did not end, keepalived of a test run that was killed. */
function removeNamespace(namespace: string): void {
  for (const pid of ip("netns", "pids", namespace).split("\n").filter(Boolean))
    process.kill(Number(pid), "SIGKILL");
  ip("netns", "delete", namespace);
}
