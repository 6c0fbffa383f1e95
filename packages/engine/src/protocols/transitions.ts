/** The protocols' grids packed into the bytes that the fast path and its twin step through. */
import { TRANSITION_BYTES, TRANSITIONS } from "../core/layout.ts";
import type { TransportProtocol } from "./protocol.ts";
import { sctp } from "./sctp.ts";
import { tcp } from "./tcp.ts";
import { udp } from "./udp.ts";

/** Protocols by IP protocol number; undefined for one that no service can have. */
export const PROTOCOLS: Readonly<Record<number, TransportProtocol | undefined>> = {
  6: tcp,
  17: udp,
  132: sctp,
};

/** Offset of one cell of the packed tables: `protocol` is a row of `TRANSITIONS.protocols`, the rest are numbers of core/layout.ts. */
export function transitionAt(protocol: number, direction: number, event: number, state: number): number {
  const { directions, events, states } = TRANSITIONS;
  return ((protocol * directions + direction) * events + event) * states + (state & (states - 1));
}

/**
 * All tables, `TRANSITION_BYTES` long. A cell that no grid names keeps its state.
 *
 * @param isSecure take the stricter grid of a protocol that has one
 */
export function packTransitions(isSecure = false): Uint8Array {
  const packed = new Uint8Array(TRANSITION_BYTES);
  for (const protocol of [tcp, udp, sctp]) {
    const row = TRANSITIONS.protocols[protocol.name];
    const grid = (isSecure && protocol.secureGrid) || protocol.grid;
    for (let direction = 0; direction < TRANSITIONS.directions; direction++)
      for (let event = 0; event < TRANSITIONS.events; event++)
        for (let state = 0; state < TRANSITIONS.states; state++)
          packed[transitionAt(row, direction, event, state)] = grid[direction]?.[event]?.[state] ?? state;
  }
  return packed;
}
