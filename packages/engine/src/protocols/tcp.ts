/** TCP as the Linux Virtual Server sees it: states, their timeouts and the two transition tables, normal and secure. */
import type { TransitionGrid, TransportProtocol } from "./protocol.ts";

/** State numbers in the kernel's order, which is also their number in replicated records (Linux 6.1 `IP_VS_TCP_S_*`). */
export const TcpState = {
  none: 0,
  established: 1,
  synSent: 2,
  synRecv: 3,
  finWait: 4,
  timeWait: 5,
  close: 6,
  closeWait: 7,
  lastAck: 8,
  listen: 9,
  synAck: 10,
} as const;

const ABBREVIATIONS = ["NO", "ES", "SS", "SR", "FW", "TW", "CL", "CW", "LA", "LI", "SA"];
const row = (cells: string): number[] => cells.split(" ").map((cell) => ABBREVIATIONS.indexOf(cell));

/** Columns are states in the order of `TcpState`; rows are events in the order of `TCP_EVENT`: syn, fin, ack, rst, none of them. */
const grid: TransitionGrid = [
  // input:  NO ES SS SR FW TW CL CW LA LI SA
  [
    row("SR ES ES SR SR SR SR SR SR SR SR"),
    row("CL CW SS TW TW TW CL CW LA LI TW"),
    row("ES ES SS ES FW TW CL CW CL LI ES"),
    row("CL CL CL SR CL CL CL CL LA LI SR"),
    row("CL CL CL CL CL CL CL CL CL CL CL"),
  ],
  // output
  [
    row("SS ES SS SR SS SS SS SS SS LI SR"),
    row("TW FW SS TW FW TW CL TW LA LI TW"),
    row("ES ES SS ES FW TW CL CW LA ES ES"),
    row("CL CL SS CL CL TW CL CL CL CL CL"),
    row("CL CL CL CL CL CL CL CL CL CL CL"),
  ],
  // input while output is not expected here: direct route
  [
    row("SR ES ES SR SR SR SR SR SR SR SR"),
    row("CL FW SS TW FW TW CL CW LA LI TW"),
    row("ES ES SS ES FW TW CL CW CL LI ES"),
    row("CL CL CL SR CL CL CL CL LA LI CL"),
    row("CL CL CL CL CL CL CL CL CL CL CL"),
  ],
];

/** The same in defence: half-open connections stay half-open until the server has answered (Linux 6.1 `tcp_states_dos`). */
const secureGrid: TransitionGrid = [
  // input
  [
    row("SR ES ES SR SR SR SR SR SR SR SA"),
    row("CL CW SS TW TW TW CL CW LA LI SA"),
    row("ES ES SS SR FW TW CL CW CL LI SA"),
    row("CL CL CL SR CL CL CL CL LA LI CL"),
    row("CL CL CL CL CL CL CL CL CL CL CL"),
  ],
  // output
  [
    row("SS ES SS SA SS SS SS SS SS LI SA"),
    row("TW FW SS TW FW TW CL TW LA LI TW"),
    row("ES ES SS ES FW TW CL CW LA ES ES"),
    row("CL CL SS CL CL TW CL CL CL CL CL"),
    row("CL CL CL CL CL CL CL CL CL CL CL"),
  ],
  // input while output is not expected here
  [
    row("SA ES ES SR SA SA SA SA SA SA SA"),
    row("CL FW SS TW FW TW CL CW LA LI TW"),
    row("ES ES SS ES FW TW CL CW CL LI ES"),
    row("CL CL CL SR CL CL CL CL LA LI CL"),
    row("CL CL CL CL CL CL CL CL CL CL CL"),
  ],
];

const S = TcpState;

/** Linux 6.1 `ip_vs_proto_tcp.c`: `tcp_states`, `tcp_timeouts`; active states as in `tcp_state_active_table`. */
export const tcp: TransportProtocol = {
  name: "tcp",
  number: 6,
  stateNames: [
    "NONE",
    "ESTABLISHED",
    "SYN_SENT",
    "SYN_RECV",
    "FIN_WAIT",
    "TIME_WAIT",
    "CLOSE",
    "CLOSE_WAIT",
    "LAST_ACK",
    "LISTEN",
    "SYNACK",
  ],
  timeoutSeconds: [2, 900, 120, 60, 120, 120, 10, 60, 30, 120, 120],
  grid,
  secureGrid,
  activeStates: new Set([S.synSent, S.synRecv, S.synAck, S.established]),
  // the kernel's, and what helpers have announced
  savedStates: new Set([S.established, S.finWait, S.timeWait, S.closeWait, S.lastAck, S.listen]),
  halfOpenStates: new Set([S.none, S.synSent, S.synRecv, S.synAck, S.listen]),
  overStates: new Set([S.timeWait, S.close, S.lastAck]),
  reusableStates: new Set([S.timeWait, S.close]),
};
