/**
 * Why a packet goes where it goes: the same tables, asked in the same order (docs/packet-path.md, points 6 and 7; core/open/schedule.ts), and nothing changed.
 * Of a packet that no connection is known for it is assumed that it opens one, and that its source's budget is not spent.
 */
import { type MarkRuleSpec, METHOD_NUMBERS, serviceKey } from "@tandem/model";
import { FLOW_PORTS, IP_PROTOCOL, type ParsedPacket } from "../../packet/parse.ts";
import { swapPort } from "../../packet/words.ts";
import { isUsable } from "../../schedulers/scheduler.ts";
import type { CoreContext } from "../answer/context.ts";
import { DIRECTION } from "../layout.ts";
import { fateOfRecord } from "../life/gone.ts";
import { createTemplates } from "../open/templates.ts";
import type { Destination, Fate, Service } from "../services/service.ts";
import { directionOf, indexOf } from "../table/flow-index.ts";
import { REASONS, type Reason, type Verdict } from "../verdict.ts";
import { describeRecord, type Row } from "./census.ts";
import { markOf, type PacketOf, parsedOf, whyEndpoint } from "./explain-packet.ts";
import { wayOfRow, wayTo } from "./explain-way.ts";
import { describeFates, describeRewriting, describeTimeout, endpointText } from "./explain-words.ts";

/** Why it goes where it goes. What is absent has no part in it. */
export interface Explanation {
  readonly service?: { readonly key: string; readonly why: string };
  /** The connection that it belongs to. */
  readonly connection?: Row;
  /** The template that its client has. */
  readonly template?: Row;
  /** What the scheduler would choose from if it were the first of its connection; `pick` is absent if it would choose nobody. */
  readonly scheduler?: {
    readonly name: string;
    readonly candidates: readonly CandidateView[];
    readonly pick?: string;
  };
  /** What is changed in it, one sentence each. */
  readonly rewriting: readonly string[];
  readonly verdict: { readonly name: Verdict; readonly reason: Reason; readonly says: string };
  /** How its connection ends; empty: there is none. */
  readonly ends: string;
}

/** A destination as its scheduler sees it. */
export interface CandidateView {
  readonly destination: string;
  readonly weight: number;
  readonly active: number;
  readonly inactive: number;
  readonly overloaded: boolean;
  /** May be picked. */
  readonly usable: boolean;
}

/** What is asked. */
export interface Tables extends Pick<CoreContext, "connections" | "services"> {
  /** The document's classifier rules. */
  readonly marks: readonly MarkRuleSpec[];
  readonly now: number;
}

/** Explain a packet. Changes nothing. Never throws for addresses that are some. */
export function explain(packet: PacketOf, tables: Tables): Explanation {
  const p = parsedOf(packet);
  const node = tables.connections.table.find(p.family, p.key);
  if (node >= 0) return explainKnown(p, node, tables);
  const { mark, why } = markOf(packet, p, tables.marks);
  const service = tables.services.find(p.family, p.key, mark);
  if (!service) return { ...verdictOf("not_ours"), rewriting: [], ends: "" };
  const found = { key: serviceKey(service.record), why: service.mark === 0 ? whyEndpoint(p, service) : why };
  return { service: found, ...explainNew(p, service, tables) };
}

const verdictOf = (reason: Reason): Pick<Explanation, "verdict"> => {
  const { verdict: name, says } = REASONS[reason];
  return { verdict: { name, reason, says } };
};

/** A packet of a connection: its record says it all. */
function explainKnown(p: ParsedPacket, node: number, tables: Tables): Explanation {
  const { services, now } = tables;
  const connection = describeRecord(tables, p.family, { index: indexOf(node), now });
  const isReply = directionOf(node) === DIRECTION.output;
  const record = services.service(connection.serviceId)?.record;
  const destination = services.destination(connection.destinationId);
  const fate = fateOfRecord(services, tables.connections.table.records[p.family], indexOf(node));
  const reason = reasonOfKnown(connection, isReply, fate);
  const isDropped = REASONS[reason].verdict === "drop";
  return {
    ...(record && { service: { key: serviceKey(record), why: "that of its connection" } }),
    connection,
    ...verdictOf(reason),
    rewriting: isDropped ? [] : describeRewriting(wayOfRow(connection, destination?.tunnel), isReply),
    ends: `in ${connection.expiresInSeconds} s if no packet comes${record ? describeFates(record) : ""}`,
  };
}

function reasonOfKnown(row: Row, isReply: boolean, fate: Fate | undefined): Reason {
  if (row.isHeld && !isReply) return "destination_gone";
  if (row.isWatched) return fate === "reset" ? "reset_sent" : "helper_rewritten";
  return row.method === METHOD_NUMBERS.local ? "delivered" : "forwarded";
}

const FTP_PORT = swapPort(21);
const FTP_DATA_PORT = swapPort(20);

/** A packet that opens a connection to a service. */
function explainNew(p: ParsedPacket, service: Service, tables: Tables): Explanation {
  const nothing = { rewriting: [], ends: "" };
  if (service.clients && !service.clients(p.key, 0)) return { ...verdictOf("denied"), ...nothing };
  if ((p.key[FLOW_PORTS[p.family]]! & 0xffff) === FTP_DATA_PORT)
    return { ...verdictOf("left_to_host"), ...nothing };
  const { template, destination } = askTemplate(p, service, tables);
  if (destination) return { ...template, ...explainWay(p, service, destination) };
  const picked = schedule(p, service, tables.now);
  const asked = { ...template, scheduler: viewOf(service, picked) };
  if (picked) return { ...asked, ...explainWay(p, service, picked) };
  return { ...asked, ...verdictOf(leaves(p, service, tables)), ...nothing };
}

/** The client's template, and its destination if that may be used. A persistence engine's key is not in the question. */
function askTemplate(
  p: ParsedPacket,
  service: Service,
  { connections, services, now }: Tables,
): { template?: Pick<Explanation, "template">; destination?: Destination } {
  const { persistence } = service;
  const templates = createTemplates({ connections, services });
  if (!persistence || persistence.engine !== undefined) return {};
  templates.ask({ service, persistence, p, packet: new Uint8Array() });
  const index = templates.find();
  if (index < 0) return {};
  const destination = templates.leadsTo(index);
  const template = { template: describeRecord({ connections, services }, p.family, { index, now }) };
  return destination ? { template, destination } : { template };
}

function schedule(p: ParsedPacket, { scheduler }: Service, now: number): Destination | undefined {
  const request = { family: p.family, key: p.key, now };
  return scheduler.peek ? scheduler.peek(request) : scheduler.pick(request);
}

function viewOf(
  { scheduler, destinations }: Service,
  picked: Destination | undefined,
): Explanation["scheduler"] & {} {
  const candidates = destinations.map((d) => ({
    destination: endpointText(d.address, d.port),
    weight: d.weight,
    active: d.active,
    inactive: d.inactive,
    overloaded: d.overloaded,
    usable: isUsable(d),
  }));
  const pick = picked && endpointText(picked.address, picked.port);
  return { name: scheduler.name, candidates, ...(pick !== undefined && { pick }) };
}

/** The connection that would be made, which is not there yet. */
function explainWay(p: ParsedPacket, service: Service, d: Destination): Explanation {
  const isAlone = service.record.onePacket && p.protocol === IP_PROTOCOL.udp;
  const lasts = `${describeTimeout(p.protocol, service)}${describeFates(service.record)}`;
  return {
    ...verdictOf(isAlone ? "one_packet" : "scheduled"),
    rewriting: describeRewriting(wayTo(p, service, d), false),
    ends: isAlone ? "at once: every packet is scheduled by itself" : lasts,
  };
}

/** What becomes of it without a destination. Whether its own address is this host's is not in the question. */
function leaves(p: ParsedPacket, service: Service, { services }: Tables): Reason {
  if (service.mark !== 0 && services.settings.cacheBypass) return "bypassed";
  const isFtpData = service.port === FTP_PORT && p.key[FLOW_PORTS[p.family]]! >>> 16 !== FTP_PORT;
  return isFtpData ? "left_to_host" : "refused";
}
