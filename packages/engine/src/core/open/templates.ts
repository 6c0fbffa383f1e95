/**
 * Persistence: a template is a record that no packet matches; it says where a client's connections go until none has been made for the service's
 * timeout. Templates stand in the table and its index beside the connections, and have no flow.
 */
import { FLOW_PORTS, FLOW_WORDS } from "../../packet/parse.ts";
import type { CoreContext } from "../answer/context.ts";
import { LIFE, RECORD } from "../layout.ts";
import { readField } from "../record.ts";
import type { Destination, Persistence } from "../services/service.ts";
import { createBirth, NO_ADDRESS } from "../table/connection-table.ts";
import { indexOf } from "../table/flow-index.ts";
import { callIdOf, writeCallKey } from "./call-id.ts";
import { isOfPort, type KeySource, type TemplateKeyWriter, writeClientKey } from "./template-key.ts";

/** Where a client's connections go. */
export interface Templates {
  /**
   * Ask for the template of a client, which the next calls are about.
   *
   * @returns false if the packet does not say whose it is
   */
  ask(of: Readonly<KeySource>): boolean;
  /** Index of the client's template; -1 if it has none. */
  find(): number;
  /** Where the client's template leads; undefined if that may not be used. */
  leadsTo(index: number): Destination | undefined;
  /** The client's destination; undefined if it has none, or none that may be used: then its template is retired. */
  destination(now: number): Destination | undefined;
  /** Index of the client's template, made for this destination if there is none; -1 if no record is free. */
  bind(destination: Destination, now: number): number;
}

/** How clients are told apart, by persistence engine. */
const WRITERS: Readonly<Record<NonNullable<Persistence["engine"]> | "none", TemplateKeyWriter>> = {
  none: writeClientKey,
  sip: writeCallKey,
};

/** Templates among the connections. */
export function createTemplates({
  connections,
  services,
}: Pick<CoreContext, "connections" | "services">): Templates {
  const { table } = connections;
  const key = new Uint32Array(FLOW_WORDS);
  const birth = createBirth();
  let asked: Readonly<KeySource> | undefined;

  function find(): number {
    const node = table.find(asked!.p.family, key);
    return node < 0 ? -1 : indexOf(node);
  }

  function isUsable(d: Destination | undefined): d is Destination {
    if (!d?.isConfigured || d.isDown) return false;
    return d.weight > 0 || !services.settings.expireQuiescentTemplate;
  }

  function leadsTo(index: number): Destination | undefined {
    const r = table.records[asked!.p.family];
    const d = services.destination(readField(r, index, RECORD.destinationId));
    return isUsable(d) ? d : undefined;
  }

  function create(d: Destination, now: number): number {
    const { service, p } = asked!;
    birth.family = p.family;
    birth.key = key;
    birth.method = d.method;
    birth.life = LIFE.template;
    birth.serviceId = service.id;
    birth.destinationId = d.id;
    birth.destination = d.address.length === service.address.length ? d.address : NO_ADDRESS;
    birth.destinationPort = isOfPort(service, p.key[FLOW_PORTS[p.family]]! >>> 16) ? d.port : 0;
    birth.mark = service.mark;
    birth.lastSeen = now;
    const index = connections.open(birth, now);
    if (index >= 0 && asked!.persistence.engine === "sip") keepCallId(index, now);
    return index;
  }

  /** For people, and for the peers. */
  function keepCallId(index: number, now: number): void {
    const bytes = callIdOf(asked!);
    if (bytes) connections.keep(asked!.p.family, { index, bytes }, now);
  }

  return {
    ask(of) {
      asked = of;
      return WRITERS[of.persistence.engine ?? "none"](key, of);
    },
    find,
    leadsTo,
    destination(now) {
      const index = find();
      if (index < 0) return undefined;
      const destination = leadsTo(index);
      if (!destination) connections.retire(asked!.p.family, index, now);
      return destination;
    },
    bind(d, now) {
      const index = find();
      if (index < 0) return create(d, now);
      connections.renew(asked!.p.family, index, now);
      return index;
    },
  };
}
