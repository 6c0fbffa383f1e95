/** SCTP as the Linux Virtual Server sees it: states, their timeouts and the transition table. */
import type { TransitionGrid, TransportProtocol } from "./protocol.ts";

/** State numbers in the kernel's order, which is also their number in replicated records (Linux 6.1 `IP_VS_SCTP_S_*`). */
export const SctpState = {
  none: 0,
  init1: 1,
  init: 2,
  cookieSent: 3,
  cookieReplied: 4,
  cookieWait: 5,
  cookie: 6,
  cookieEchoed: 7,
  established: 8,
  shutdownSent: 9,
  shutdownReceived: 10,
  shutdownAckSent: 11,
  rejected: 12,
  closed: 13,
} as const;

const ABBREVIATIONS = ["NO", "I1", "IN", "CS", "CR", "CW", "CO", "CE", "ES", "SS", "SR", "SA", "RJ", "CL"];
const row = (cells: string): number[] => cells.split(" ").map((cell) => ABBREVIATIONS.indexOf(cell));

/**
 * Columns are states in the order of `SctpState`; rows are events in the order of `SCTP_EVENT`: data, INIT, INIT-ACK, COOKIE-ECHO, COOKIE-ACK,
 * SHUTDOWN, SHUTDOWN-ACK, SHUTDOWN-COMPLETE, ERROR, ABORT.
 */
const grid: TransitionGrid = [
  // input
  [
    row("ES I1 IN CS CR CW CO CE ES SS SR SA RJ CL"),
    row("I1 IN IN CS CR CW CO CE ES SS SR SA IN IN"),
    row("CW CW CW CS CR CO CO CE ES SS SR SA RJ CL"),
    row("CR IN IN CR CR CW CO CE ES SS SR SA RJ CL"),
    row("ES I1 IN CS CR CW CO ES ES SS SR SA RJ CL"),
    row("SR I1 IN CS CR CW CO CE SR SS SR SA RJ CL"),
    row("CL IN IN CS CR CW CO CE ES CL SR CL RJ CL"),
    row("CL CL CL CS CR CW CO CE ES SS SR CL RJ CL"),
    row("CL I1 IN CS CR CW CO CL ES SS SR SA RJ CL"),
    row("CL CL CL CL CL RJ CL CL CL CL CL CL CL CL"),
  ],
  // output
  [
    row("ES I1 IN CS CR CW CO CE ES SS SR SA RJ CL"),
    row("CW CW CW CW CW CW CW CW ES CW CW CW CW CW"),
    row("CS CS CS CS CR CW CO CE ES SS SR SA RJ CL"),
    row("CE CE CE CE CE CE CE CE ES SS SR SA RJ CL"),
    row("ES ES ES ES ES ES ES ES ES SS SR SA RJ CL"),
    row("SS SS SS SS SS SS SS SS SS SS SR SA RJ CL"),
    row("SA SA SA SA SA CW CO CE ES SA SA SA RJ CL"),
    row("CL I1 IN CS CR CW CO CE ES SS SR SA RJ CL"),
    row("CL CL CL CL CL CW CO CE ES SS SR SA RJ CL"),
    row("CL RJ CL CL CL CL CL CL CL CL CL CL CL CL"),
  ],
  // input while output is not expected here: direct route, tunnel
  [
    row("ES I1 IN CS CR ES CO CE ES SS SR SA RJ CL"),
    row("I1 IN IN IN IN IN CO CE ES SS SR SA IN IN"),
    row("CE CE CE CE CE CE CO CE ES SS SR SA RJ CL"),
    row("ES ES ES ES ES ES CO CE ES SS SR SA RJ CL"),
    row("ES I1 IN ES ES CW ES ES ES SS SR SA RJ CL"),
    row("SR I1 IN CS CR CW CO CE SR SS SR SA RJ CL"),
    row("CL IN IN CS CR CW CO CE CL CL SR CL RJ CL"),
    row("CL CL CL CL CL CW CO CE ES SS CL CL RJ CL"),
    row("CL I1 IN CS CR CW CO CE ES SS SR SA RJ CL"),
    row("CL CL CL CL CL RJ CL CL CL CL CL CL CL CL"),
  ],
];

const S = SctpState;

/** Longest retransmission timeout (60 s) and one more: what most states wait for a peer. */
const MAX_RTO = 61;

/** Linux 6.1 `ip_vs_proto_sctp.c`: `sctp_states`, `sctp_timeouts`; only ESTABLISHED is active. */
export const sctp: TransportProtocol = {
  name: "sctp",
  number: 132,
  stateNames: [
    "NONE",
    "INIT1",
    "INIT",
    "C-SENT",
    "C-REPLIED",
    "C-WAIT",
    "COOKIE",
    "C-ECHOED",
    "ESTABLISHED",
    "S-SENT",
    "S-RECEIVED",
    "S-ACK-SENT",
    "REJECTED",
    "CLOSED",
  ],
  timeoutSeconds: [
    2,
    4,
    MAX_RTO,
    MAX_RTO,
    MAX_RTO,
    MAX_RTO,
    MAX_RTO,
    MAX_RTO,
    900,
    MAX_RTO,
    MAX_RTO,
    MAX_RTO,
    4,
    MAX_RTO,
  ],
  grid,
  activeStates: new Set([S.established]),
  savedStates: new Set([S.established, S.shutdownSent, S.shutdownReceived, S.shutdownAckSent, S.closed]),
  halfOpenStates: new Set([
    S.none,
    S.init1,
    S.init,
    S.cookieSent,
    S.cookieReplied,
    S.cookieWait,
    S.cookie,
    S.cookieEchoed,
  ]),
  overStates: new Set([S.rejected, S.closed]),
  reusableStates: new Set([S.closed]),
};
