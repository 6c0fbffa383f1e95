/** The core's answer to an upcall: the table at the end of docs/packet-path.md, one row per function. */
import { METHOD_NUMBERS } from "@tandem/model";
import type { InjectKind, Upcall } from "../dataplane/dataplane.ts";
import {
  createParsedPacket,
  FLOW_PORTS,
  type ParsedPacket,
  parseEmbedded,
  parseIp,
  parseTransport,
  TCP_FLAG,
} from "../packet/parse.ts";
import { PROTOCOLS } from "../protocols/transitions.ts";
import { decrementTtl } from "../rewrite/direct-route.ts";
import { translateIcmpError } from "../rewrite/icmp-error.ts";
import type { NewEnd } from "../rewrite/masquerade.ts";
import { hasOutput, type NewConnection } from "./connection-table.ts";
import type { Connections } from "./connections.ts";
import { directionOf, indexOf } from "./flow-index.ts";
import { ADDRESS, DIRECTION, LIFE, RECORD } from "./layout.ts";
import { addressAt, methodOf, protocolOf, readField, stateOf } from "./record.ts";
import type { Destination, ServiceTable } from "./service-table.ts";
import { REASONS, type Reason } from "./verdict.ts";

/** What to do with an upcall. Reused. */
export interface Decision {
  /** A core reason: scheduled … core_too_big. */
  reason: Reason;
  /** How to send the packet, which may have been rewritten in place; undefined: drop it. */
  inject: InjectKind | undefined;
  /** Record that `via` and `flow` are about; -1 none. */
  index: number;
}

/** Decide the fate of upcalls over the connections and services. The result is reused. Never throws, never allocates. */
export function createDecider(
  connections: Connections,
  services: ServiceTable,
): (upcall: Upcall, now: number) => Readonly<Decision> {
  const p = createParsedPacket();
  const decision: Decision = { reason: "core_malformed", inject: undefined, index: -1 };
  const { table } = connections;
  const birth: NewConnection = {
    family: 4,
    key: p.key,
    method: 0,
    life: 0,
    serviceId: 0,
    destinationId: 0,
    destination: p.key,
    destinationPort: 0,
    owner: 0,
    lastSeen: 0,
  };
  const newEnd: NewEnd = { side: "source", words: table.records[4].words, at: 0, port: 0 };

  function drop(reason: Reason): Decision {
    decision.reason = reason;
    decision.inject = undefined;
    decision.index = -1;
    return decision;
  }

  function send(reason: Reason, inject: InjectKind, index: number): Decision {
    decision.reason = reason;
    decision.inject = inject;
    decision.index = index;
    return decision;
  }

  function newFlow(upcall: Upcall, now: number): Decision {
    if (!parseFlow(p, upcall)) return drop("core_malformed");
    const known = table.find(p.family, p.key);
    return known >= 0 ? send("rejoined", "flow", indexOf(known)) : schedule(now);
  }

  function synOnFlow(upcall: Upcall, now: number): Decision {
    if (!parseFlow(p, upcall)) return drop("core_malformed");
    const known = table.find(p.family, p.key);
    if (known < 0) return schedule(now);
    const index = indexOf(known);
    const records = table.records[p.family];
    const isOver = PROTOCOLS[protocolOf(records, index)]?.reusableStates.has(stateOf(records, index));
    if (!isOver || (p.tcpFlags & TCP_FLAG.rst) !== 0) return send("rejoined", "flow", index);
    connections.close(p.family, index, now);
    return schedule(now);
  }

  function schedule(now: number): Decision {
    const service = services.find(p.family, p.key);
    if (!service) return drop("no_service");
    const destination = service.scheduler.pick();
    if (!destination) return drop("no_destination");
    const index = connections.open(born(destination, now), now);
    return index < 0 ? drop("table_full") : send("scheduled", "flow", index);
  }

  function born(destination: Destination, now: number): NewConnection {
    birth.family = p.family;
    birth.method = destination.method;
    birth.life = firstLife(destination.method);
    birth.serviceId = destination.serviceId;
    birth.destinationId = destination.id;
    birth.destination = destination.address;
    birth.destinationPort = portFor(destination, p);
    birth.lastSeen = now;
    return birth;
  }

  function icmp(upcall: Upcall): Decision {
    p.family = upcall.family;
    const isReadable = parseIp(p, upcall.packet, upcall.packetBytes) && parseEmbedded(p, upcall.packet);
    if (!isReadable) return drop("core_malformed");
    const node = table.find(p.family, p.key);
    if (node < 0) return drop("core_icmp_unrelated");
    if (p.ttl <= 1) return drop("core_ttl_exceeded");
    const index = indexOf(node);
    decrementTtl(upcall.packet, p.family);
    const isMasqueraded = hasOutput(methodOf(table.records[p.family], index));
    if (!isMasqueraded) return send("icmp_translated", "via", index);
    translate(upcall, index, directionOf(node));
    return send("icmp_translated", "route", index);
  }

  /** An error from the server's side becomes one from the VIP; one from the client's side goes on to the server. */
  function translate(upcall: Upcall, index: number, direction: number): void {
    const records = table.records[p.family];
    const isFromServer = direction === DIRECTION.output;
    newEnd.side = isFromServer ? "source" : "destination";
    newEnd.words = records.words;
    newEnd.at =
      index * records.stride + addressAt(records, isFromServer ? ADDRESS.virtual : ADDRESS.destination);
    newEnd.port = isFromServer
      ? readField(records, index, RECORD.clientPorts) >>> 16
      : readField(records, index, RECORD.serverPorts) & 0xffff;
    translateIcmpError(p, upcall.packet, newEnd);
  }

  const byReason = new Array<((upcall: Upcall, now: number) => Decision) | undefined>(64);
  for (const [reason, { number }] of Object.entries(REASONS)) {
    if (reason.startsWith("fib_")) byReason[number] = () => drop("core_unroutable");
  }
  byReason[REASONS.new_flow.number] = newFlow;
  byReason[REASONS.mid_stream_sloppy.number] = newFlow;
  byReason[REASONS.syn_on_flow.number] = synOnFlow;
  byReason[REASONS.icmp_related.number] = icmp;
  byReason[REASONS.fragment.number] = () => drop("core_fragment");
  byReason[REASONS.ttl_exceeded.number] = () => drop("core_ttl_exceeded");
  byReason[REASONS.fib_frag_needed.number] = () => drop("core_too_big");

  return (upcall, now) => byReason[upcall.reason]?.(upcall, now) ?? drop("core_malformed");
}

function parseFlow(p: ParsedPacket, upcall: Upcall): boolean {
  p.family = upcall.family;
  return parseIp(p, upcall.packet, upcall.packetBytes) && parseTransport(p, upcall.packet);
}

/** State 0; a director sees no replies of what it does not masquerade. */
export const firstLife = (method: number): number => (hasOutput(method) ? 0 : LIFE.noOutput);

/** Direct route does not change the port. */
const portFor = (d: Destination, p: ParsedPacket): number =>
  d.method === METHOD_NUMBERS.masquerade ? d.port : p.key[FLOW_PORTS[p.family]]! >>> 16;
