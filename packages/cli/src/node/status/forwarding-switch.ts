/** Whether the kernel may forward what comes in: without that its route lookups say no, and the fast path drops all known flows. Pure. */
import { type Document, familyOf } from "@tandem/model";

/** Each family's switch of an interface below /proc/sys, and the command that turns all of them on. */
const SWITCHES = {
  4: { name: "IPv4", folder: "net/ipv4/conf", fix: "sysctl -w net.ipv4.ip_forward=1" },
  6: { name: "IPv6", folder: "net/ipv6/conf", fix: "sysctl -w net.ipv6.conf.all.forwarding=1" },
} as const;

/**
 * What is switched off that the services need, one sentence for each interface and family. `read` gives the text of a file, undefined if it is not
 * there: an interface that is missing is told of by others.
 */
export function forwardingFaults(
  { services }: Pick<Document, "services">,
  interfaces: readonly string[],
  read: (path: string) => string | undefined,
): string[] {
  const routed = services.filter((s) => s.destinations.some((d) => (d.method ?? s.method) !== "local"));
  return [...new Set(routed.map(({ address }) => familyOf(address)))].flatMap((family) => {
    const { name, folder, fix } = SWITCHES[family];
    return interfaces
      .filter((link) => read(`/proc/sys/${folder}/${link}/forwarding`)?.trim() === "0")
      .map((link) => `${name} forwarding is off on "${link}": known connections are dropped; ${fix}`);
  });
}
