/** The protocols' grids packed into the bytes that the fast path and its twin step through. */
import { TRANSITION_BYTES, TRANSITIONS } from "../core/layout.ts";
import type { TransportProtocol } from "./protocol.ts";
import { tcp } from "./tcp.ts";
import { udp } from "./udp.ts";

/** Protocols by IP protocol number; undefined for one that no service can have. */
export const PROTOCOLS: Readonly<Record<number, TransportProtocol | undefined>> = { 6: tcp, 17: udp };

/** Offset of one cell of the packed tables: `protocol` is a row of `TRANSITIONS.protocols`, the rest are numbers of core/layout.ts. */
export function transitionAt(protocol: number, direction: number, event: number, state: number): number {
  const { directions, events, states } = TRANSITIONS;
  return ((protocol * directions + direction) * events + event) * states + (state & (states - 1));
}

/** All tables, `TRANSITION_BYTES` long. A cell that no grid names keeps its state; the row of a protocol without a grid is zero. */
export function packTransitions(): Uint8Array {
  const packed = new Uint8Array(TRANSITION_BYTES);
  for (const protocol of [tcp, udp]) {
    const row = TRANSITIONS.protocols[protocol.name];
    for (let direction = 0; direction < TRANSITIONS.directions; direction++)
      for (let event = 0; event < TRANSITIONS.events; event++)
        for (let state = 0; state < TRANSITIONS.states; state++)
          packed[transitionAt(row, direction, event, state)] =
            protocol.grid[direction]?.[event]?.[state] ?? state;
  }
  return packed;
}

const TICKS_PER_SECOND = 1e9 / 2 ** 20;

/** Timeout of a connection in ticks of 2^20 ns by IP protocol and state; that of state 0 for a state without one. Never throws. */
export function timeoutTicks(protocol: number, state: number): number {
  return (TIMEOUT_TICKS[protocol] ?? TIMEOUT_TICKS[6]!)[state & 15]!;
}

const TIMEOUT_TICKS: Readonly<Record<number, Uint32Array>> = Object.fromEntries(
  [tcp, udp].map((p) => [p.number, Uint32Array.from({ length: 16 }, (_, s) => ticks(p, s))]),
);

function ticks(protocol: TransportProtocol, state: number): number {
  return Math.round((protocol.timeoutSeconds[state] ?? protocol.timeoutSeconds[0]!) * TICKS_PER_SECOND);
}
