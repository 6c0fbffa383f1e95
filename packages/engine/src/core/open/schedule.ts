/** New connections: from the packet that opens one to its service, its destination, and the record that leads there (Linux 6.1 `ip_vs_schedule`, `ip_vs_sched_persist`, `ip_vs_leave`). */
import { METHOD_NUMBERS } from "@tandem/model";
import type { Upcall } from "../../dataplane/dataplane.ts";
import { FLOW_PORTS, FLOW_PROTOCOL, IP_PROTOCOL, type ParsedPacket } from "../../packet/parse.ts";
import { swapPort, wordsToAddress } from "../../packet/words.ts";
import type { Request } from "../../schedulers/scheduler.ts";
import { type CoreParts, createVerdicts, type Decision, type Opener } from "../answer/context.ts";
import { ADDRESS_WORDS, LIFE } from "../layout.ts";
import { abortsConnection, opensConnection } from "../packet-event.ts";
import { hasOutput } from "../record.ts";
import type { Destination, Service } from "../services/service.ts";
import { createBirth, NO_ADDRESS } from "../table/connection-table.ts";
import { createOnePacket } from "./one-packet.ts";
import { createSourcePool } from "./source-pool.ts";
import { createTemplates } from "./templates.ts";

const FTP_PORT = swapPort(21);
const FTP_DATA_PORT = swapPort(20);

/** What a new connection is made for, as its scheduler is asked, too. */
interface Opening {
  family: Request["family"];
  key: Request["key"];
  now: Request["now"];
  p: ParsedPacket;
  upcall: Upcall;
  service: Service;
  /** Index + 1 of the client's template; 0 without persistence. */
  controller: number;
}

/** The opener over a context. The result is reused. Never throws. */
export function createOpener(context: CoreParts): Opener {
  const { connections, services, dataplane, icmp, defence } = context;
  const verdicts = createVerdicts();
  const { drop, send } = verdicts;
  const templates = createTemplates(context);
  const takeSource = createSourcePool(context);
  const sendAlone = createOnePacket(context, verdicts);
  const birth = createBirth();
  /** Reused: a flood of new flows shall not fill the heap. Whole before anybody reads it. */
  const opening = { controller: 0 } as Opening;

  /** Persistence: where the client's template leads, or one made for what the scheduler picks. */
  function openPersistent(o: Opening): Decision {
    const { p, upcall, service, now } = o;
    const persistence = service.persistence!;
    if (!templates.ask({ service, persistence, p, packet: upcall.packet })) return drop("core_malformed");
    const destination = templates.destination(now) ?? service.scheduler.pick(o);
    if (!destination) return leave(o);
    const template = templates.bind(destination, now);
    if (template < 0) return drop("table_full");
    o.controller = template + 1;
    return admit(o, destination, isServicePort(o) ? destination.port : 0);
  }

  function openPlain(o: Opening): Decision {
    const destination = o.service.scheduler.pick(o);
    return destination ? admit(o, destination, destination.port) : leave(o);
  }

  /** @param port the destination's, or 0 for the packet's own */
  function admit(o: Opening, destination: Destination, port: number): Decision {
    const target = port === 0 ? virtualPort(o.p) : port;
    if (!isAlone(o)) return connect(o, destination, target);
    if (isIcmp(o.p)) return drop("core_icmp_unrelated"); // an error about a datagram that left nothing behind
    return sendAlone({ p: o.p, upcall: o.upcall, destination, port: target }, o.now) as Decision;
  }

  function connect(o: Opening, destination: Destination, port: number): Decision {
    begin(o, destination.method);
    birth.destinationId = destination.id;
    birth.destination =
      destination.address.length === ADDRESS_WORDS[o.p.family] ? destination.address : NO_ADDRESS;
    birth.destinationPort = port;
    if (destination.method === METHOD_NUMBERS["full-nat"] && !takeSource(birth, o.service))
      return drop("table_full");
    const index = connections.open(birth, o.now);
    return index < 0 ? drop("table_full") : send("scheduled", "flow", index);
  }

  function begin({ p, service, controller, now }: Opening, method: number): void {
    birth.family = p.family;
    birth.key = p.key;
    birth.method = method;
    birth.life = hasOutput(method) ? 0 : LIFE.noOutput;
    birth.serviceId = service.id;
    birth.destinationId = 0;
    birth.destination = NO_ADDRESS;
    birth.destinationPort = 0;
    birth.local = NO_ADDRESS;
    birth.localPort = 0;
    birth.controller = controller;
    birth.mark = service.mark;
    birth.lastSeen = now;
  }

  /** What the fast path does by itself, unless the packet comes in fragments. */
  function refuseMidStream(): Decision {
    const isHosts = services.settings.midStream === "host";
    return isHosts ? send("left_to_host", "host", -1) : drop("mid_stream");
  }

  /** Nobody to send it to. */
  function leave(o: Opening): Decision {
    const { p, upcall, service, now } = o;
    if (service.mark !== 0 && services.settings.cacheBypass && !isOwn(p)) return bypass(o);
    if (service.port === FTP_PORT && virtualPort(p) !== FTP_PORT) return send("left_to_host", "host", -1);
    if (isIcmp(p)) return drop("no_destination");
    icmp.refuse(upcall, now);
    return drop("refused");
  }

  /** To where the client wanted it, as if there were no service. */
  function bypass(o: Opening): Decision {
    begin(o, METHOD_NUMBERS.bypass);
    const index = connections.open(birth, o.now);
    return index < 0 ? drop("table_full") : send("bypassed", "flow", index);
  }

  /** Whether the packet's destination is this host: from there it would go nowhere else. */
  function isOwn(p: ParsedPacket): boolean {
    const words = ADDRESS_WORDS[p.family];
    const address = new Uint8Array(4 * words);
    wordsToAddress(p.key, words, address, words);
    const source = dataplane.sourceFor(address);
    return source === undefined || address.every((byte, i) => byte === source[i]);
  }

  return (p, upcall, now) => {
    const service = services.find(p.family, p.key, upcall.mark);
    if (!service) return drop("no_service");
    if ((p.key[FLOW_PORTS[p.family]]! & 0xffff) === FTP_DATA_PORT) return send("left_to_host", "host", -1);
    if (service.clients && !service.clients(p.key, 0)) return drop("denied");
    if (!isIcmp(p) && !mayOpen(p, service)) return refuseMidStream();
    if (defence.dropsNext(now)) return drop("defence_drop");
    opening.family = p.family;
    opening.key = p.key;
    opening.now = now;
    opening.p = p;
    opening.upcall = upcall;
    opening.service = service;
    opening.controller = 0;
    return service.persistence ? openPersistent(opening) : openPlain(opening);
  };
}

const virtualPort = (p: ParsedPacket): number => p.key[FLOW_PORTS[p.family]]! >>> 16;
const isServicePort = ({ p, service }: Opening): boolean => virtualPort(p) === service.port;
/** The packet is an error about the one that the key says. */
const isIcmp = (p: ParsedPacket): boolean =>
  p.protocol === IP_PROTOCOL.icmp || p.protocol === IP_PROTOCOL.icmp6;
const mayOpen = (p: ParsedPacket, service: Service): boolean =>
  opensConnection(p) || (service.record.sloppy && !abortsConnection(p));
const isAlone = ({ p, service }: Opening): boolean =>
  service.record.onePacket && p.key[FLOW_PROTOCOL[p.family]] === IP_PROTOCOL.udp;
