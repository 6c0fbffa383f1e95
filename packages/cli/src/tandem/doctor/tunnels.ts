/** Room for tunnels: what a tunnel adds must fit into an interface's MTU beside the clients' packets. */
import { familyOf } from "@tandem/model";
import type { Finding, Patient, TunnelTo } from "./probe.ts";

/** What clients send over Ethernet, unless they are told otherwise. */
const COMMON_PACKET_BYTES = 1500;
/** The least that every link has to carry over IPv6: less cannot be asked of a client. RFC 8200 §5. */
const LEAST_MTU6 = 1280;
/** After the outer IP header: nothing; UDP and GUE; GRE, and its checksum. */
const HEADER_BYTES: Readonly<Record<string, number>> = { ipip: 0, gue: 12, gre: 4 };
const CHECKSUM_BYTES: Readonly<Record<string, number>> = { gre: 4 };

const check = "room for tunnels";

/** One finding, about the tunnel that adds the most and the interface that carries the most. */
export function probeTunnels({ machine, tunnels, interfaces, virtualAddresses }: Patient): Finding[] {
  const names = interfaces ?? machine.list("/sys/class/net").filter((name) => name !== "lo");
  const mtus = names
    .map((name) => Number(machine.read(`/sys/class/net/${name}/mtu`)))
    .filter((mtu) => mtu > 0);
  if (tunnels.length === 0) return [{ check, verdict: "ok", found: "no tunnels" }];
  if (mtus.length === 0) return [{ check, verdict: "ok", found: "the MTU cannot be seen" }];
  const hasIpv6 = virtualAddresses.some((address) => address.includes(":"));
  return [judge(Math.max(...tunnels.map(overheadOf)), Math.max(...mtus), hasIpv6)];
}

function judge(adds: number, mtu: number, hasIpv6: boolean): Finding {
  const found = `${adds} bytes beside packets of ${mtu - adds}, in an MTU of ${mtu}`;
  if (mtu - adds >= COMMON_PACKET_BYTES) return { check, verdict: "ok", found };
  const fix = `set the MTU of the way to the destinations to ${COMMON_PACKET_BYTES + adds}, or let them clamp the MSS to ${mtu - adds - 40}`;
  const [verdict, because] =
    hasIpv6 && mtu - adds < LEAST_MTU6
      ? (["fail", "clients over IPv6 cannot send less than 1280"] as const)
      : (["warn", "clients are told by ICMP to send less, which firewalls on their way may drop"] as const);
  return { check, verdict, found: `${found}: ${because}`, fix };
}

function overheadOf({ address, type, checksum }: TunnelTo): number {
  const outer = familyOf(address) === 4 ? 20 : 40;
  return outer + (HEADER_BYTES[type] ?? 0) + (checksum === "none" ? 0 : (CHECKSUM_BYTES[type] ?? 0));
}
