/** Scenarios listed by hand: every flag, state, route, method, service, length and error that docs/packet-path.md tells apart. */
import type { Fixture } from "./cases/fixture.ts";
import { errors, errorsByMethod, tunnelErrors } from "./cases/icmp.ts";
import { fullNat, methods, recordFlags, tunnels } from "./cases/methods.ts";
import { routes, segments } from "./cases/routes.ts";
import { chunkStates, chunks, sctpBytes } from "./cases/sctp.ts";
import { budgets, clients, expected, fragments, marks, policies, ports } from "./cases/services.ts";
import { strangers } from "./cases/strangers.ts";
import { flags, lives, states } from "./cases/tcp.ts";
import { datagrams, frames, lengths } from "./cases/wire.ts";

export { atHook, type Fixture, fromClient, fromServer } from "./cases/fixture.ts";

const TOPICS = [
  ...[flags, states, lives, routes, segments, lengths, datagrams, frames],
  ...[strangers, fragments, errors, errorsByMethod, tunnelErrors, chunks, chunkStates, sctpBytes],
  ...[methods, recordFlags, fullNat, tunnels, marks, ports, clients, budgets, expected, policies],
];

/** All fixtures. */
export function* fixtures(): Generator<Fixture> {
  for (const family of [4, 6] as const) {
    for (const make of TOPICS) {
      for (const f of make(family)) yield { ...f, title: `IPv${family}: ${f.title}` };
    }
  }
}
