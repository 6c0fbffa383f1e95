/**
 * UDP: any packet in any direction moves a flow from NONE to its first packet to its second and on; only a flow with a second packet is worth
 * telling the peers about. All are shown as the kernel's one state, `UDP`.
 */
import type { TransportProtocol } from "./protocol.ts";

/** State numbers. */
export const UdpState = { none: 0, single: 1, lasting: 2 } as const;

const anyPacket = [[UdpState.single, UdpState.lasting, UdpState.lasting]];

/** Timeouts: 3 s from creation to the first packet and 300 s after it (Linux 6.1 `ip_vs_conn_new`, `udp_timeouts`). UDP is never active. */
export const udp: TransportProtocol = {
  name: "udp",
  number: 17,
  stateNames: ["UDP", "UDP", "UDP"],
  timeoutSeconds: [3, 300, 300],
  grid: [anyPacket, anyPacket, anyPacket],
  activeStates: new Set(),
  savedStates: new Set([UdpState.lasting]),
  halfOpenStates: new Set([UdpState.none, UdpState.single]),
  overStates: new Set(),
  reusableStates: new Set(),
};
