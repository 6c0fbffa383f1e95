/** `-L --timeout` and `-L --daemon`. */
import type { ListedTimeouts } from "./table.ts";

/** Seconds that the kernel has before anybody sets others (Linux 6.1 `tcp_timeouts`, `udp_timeouts`). */
const DEFAULTS = { tcp: 900, tcpFin: 120, udp: 300 } as const;

/** Timeouts of established TCP, of TCP after a FIN, and of UDP; fractions of seconds are left out. */
export function listTimeouts({ tcp, udp }: ListedTimeouts): string {
  const seconds = [
    tcp?.established ?? DEFAULTS.tcp,
    tcp?.finWait ?? DEFAULTS.tcpFin,
    udp?.lasting ?? DEFAULTS.udp,
  ];
  return `Timeout (tcp tcpfin udp): ${seconds.map(Math.floor).join(" ")}\n`;
}

/** A sync daemon as documents have it. */
export interface ListedDaemon {
  readonly mode: "master" | "backup";
  readonly interface: string;
  readonly syncId: number;
  readonly maxLength: number;
  readonly group: string;
  readonly port: number;
  readonly ttl: number;
}

/** The sync daemons that are to run, the master first; nothing without any. */
export const listDaemons = (daemons: readonly ListedDaemon[]): string =>
  (["master", "backup"] as const)
    .flatMap((mode) => daemons.filter((d) => d.mode === mode))
    .map(
      (d) =>
        `${d.mode} sync daemon (mcast=${d.interface}, syncid=${d.syncId}, maxlen=${d.maxLength}, ` +
        `group=${d.group}, port=${d.port}, ttl=${d.ttl})\n`,
    )
    .join("");
