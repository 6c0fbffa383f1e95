/** What a node says about itself, model ⇄ protobuf. Beside convert-document.ts the only file that knows both. */
import type { PersistenceSpec, TunnelSpec } from "@tandem/model";
import { LbError } from "@tandem/model/failure";
import type { DestinationStatus__Output as WireDestination } from "../../proto/generated/tandem/v1/DestinationStatus.ts";
import type { Explanation__Output as WireExplanation } from "../../proto/generated/tandem/v1/Explanation.ts";
import type { NodeStatus__Output as WireStatus } from "../../proto/generated/tandem/v1/NodeStatus.ts";
import type { PeerStatus__Output as WirePeer } from "../../proto/generated/tandem/v1/PeerStatus.ts";
import type { ServiceStatus__Output as WireService } from "../../proto/generated/tandem/v1/ServiceStatus.ts";
import type {
  DestinationStatus,
  ExplanationStatus,
  NodeStatus,
  PeerStatus,
  ServiceStatus,
  Traffic,
} from "./node-api.ts";

const ROLE = {
  active: "ROLE_ACTIVE",
  standby: "ROLE_STANDBY",
  fault: "ROLE_FAULT",
  standalone: "ROLE_STANDALONE",
} as const satisfies Record<NodeStatus["role"], WireStatus["role"]>;

const SYNC = {
  off: "FOLLOW_STATE_OFF",
  alone: "FOLLOW_STATE_ALONE",
  joining: "FOLLOW_STATE_JOINING",
  loading: "FOLLOW_STATE_LOADING",
  live: "FOLLOW_STATE_LIVE",
  repairing: "FOLLOW_STATE_REPAIRING",
} as const satisfies Record<NodeStatus["sync"], WireStatus["sync"]>;

const PEER_STATE = { ...SYNC, lost: "FOLLOW_STATE_LOST" } as const satisfies Record<
  PeerStatus["state"],
  WirePeer["state"]
>;

const NATS = {
  off: "MESSAGING_OFF",
  connected: "MESSAGING_CONNECTED",
  disconnected: "MESSAGING_DISCONNECTED",
} as const satisfies Record<NodeStatus["nats"], WireStatus["nats"]>;

const HEALTH = {
  up: "HEALTH_UP",
  down: "HEALTH_DOWN",
  unchecked: "HEALTH_UNCHECKED",
} as const satisfies Record<DestinationStatus["health"], WireDestination["health"]>;

const NO_TRAFFIC: Traffic = { connections: 0, inPackets: 0, inBytes: 0, outPackets: 0, outBytes: 0 };

/** The message that says this status. Never throws. */
export function encodeStatus({ lagMs, peers, ...same }: NodeStatus): WireStatus {
  return {
    ...same,
    role: ROLE[same.role],
    sync: SYNC[same.sync],
    nats: NATS[same.nats],
    lag: lagMs ? { p50Ms: lagMs.p50, p99Ms: lagMs.p99 } : null,
    peers: peers.map((p) => ({ ...p, role: ROLE[p.role], state: PEER_STATE[p.state] })),
  };
}

/** The status that a message says. Throws `LbError` (unavailable) if the daemon is of a version that says what this one does not know. */
export function decodeStatus({ lag, peers, ...same }: WireStatus): NodeStatus {
  return {
    ...same,
    role: known(ROLE, same.role),
    sync: known(SYNC, same.sync),
    nats: known(NATS, same.nats),
    ...(lag && { lagMs: { p50: lag.p50Ms, p99: lag.p99Ms } }),
    peers: peers.map((p) => ({ ...p, role: known(ROLE, p.role), state: known(PEER_STATE, p.state) })),
  };
}

/** The message about one service. Never throws. */
export function encodeService({ persistence, ...s }: ServiceStatus): WireService {
  const destinations = s.destinations.map(({ tunnel, ...d }) => ({
    ...d,
    health: HEALTH[d.health],
    tunnel: tunnel ?? null,
  }));
  return { ...s, persistence: persistence ?? null, destinations } as WireService; // protobufjs leaves out what is undefined
}

/** What a message says about one service. Throws `LbError` as `decodeStatus`. */
export function decodeService({
  persistence,
  traffic,
  rates,
  destinations,
  ...same
}: WireService): ServiceStatus {
  return {
    ...same,
    ...(persistence && { persistence: persistence as PersistenceSpec }),
    traffic: traffic ?? NO_TRAFFIC,
    rates: rates ?? NO_TRAFFIC,
    destinations: destinations.map(({ tunnel, ...d }) => ({
      ...d,
      ...(tunnel && { tunnel: tunnel as TunnelSpec }),
      health: known(HEALTH, d.health),
      traffic: d.traffic ?? NO_TRAFFIC,
      rates: d.rates ?? NO_TRAFFIC,
    })),
  };
}

/** The message that explains. Never throws. */
export function encodeExplanation(e: ExplanationStatus): WireExplanation {
  const { service = null, connection = null, template = null, scheduler = null } = e;
  return { ...e, service, connection, template, scheduler };
}

/** What a message explains. Throws `LbError` as `decodeStatus`. */
export function decodeExplanation(e: WireExplanation): ExplanationStatus {
  const { service, connection, template, scheduler, verdict, ...same } = e;
  if (!verdict) throw notUnderstood("no verdict");
  return {
    ...same,
    verdict,
    ...(service && { service }),
    ...(connection && { connection }),
    ...(template && { template }),
    ...(scheduler && { scheduler }),
  };
}

/** The name whose value in `table` is `value`. */
function known<Name extends string>(table: Readonly<Record<Name, string>>, value: string): Name {
  for (const name in table) if (table[name] === value) return name;
  throw notUnderstood(value);
}

function notUnderstood(said: string): LbError {
  const why = `it says ${said}, which this version of tandem does not know`;
  return new LbError({ code: "unavailable", what: "the daemon", why });
}
