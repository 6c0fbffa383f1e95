/** What a peer's record means here: whether our configuration allows what it says, and the connection or template that it describes. */
import { type ConnectionRecord, METHOD_NUMBERS, RecordFlag } from "@tandem/model";
import { FLOW_PORTS, FLOW_PROTOCOL, IP_PROTOCOL } from "../../packet/parse.ts";
import { addressToWords, swapPort, wordsOf } from "../../packet/words.ts";
import { TcpState } from "../../protocols/tcp.ts";
import { PROTOCOLS } from "../../protocols/transitions.ts";
import { ADDRESS_WORDS, LIFE } from "../layout.ts";
import { networkWord } from "../open/template-key.ts";
import { TEMPLATE_KEY } from "../record.ts";
import type { Destination, Service } from "../services/service.ts";
import { type NewConnection, NO_ADDRESS } from "../table/connection-table.ts";

/** A record whose service is known; its destination is not only where a mark's packets go to their own address. */
export interface PeerRecord {
  readonly record: ConnectionRecord;
  readonly service: Service;
  readonly destination: Destination | undefined;
}

const FTP_PORT = 21;
/** Ports below are privileged: none that FTP's passive data connections come to. */
const FIRST_FREE_PORT = 1024;

/**
 * Whether a record says what its service can have: protocol, address and ports, a destination of it, a method that has what it needs, a state
 * that exists. What the service is configured to do at the moment does not count: the peer may run another revision, and connections outlive theirs.
 */
export function isConsistent({ record, service, destination }: PeerRecord): boolean {
  return (
    record.family === service.family &&
    (destination ? destination.serviceId === service.id : isBypass(record, service)) &&
    isKnownMethod(record) &&
    (isTemplate(record) ? isItsTemplate(record, service) : isItsConnection(record, service))
  );
}

/** Write the connection or template that a consistent record describes; whose it is, and on what it hangs, is the caller's to say. */
export function writeBirth(birth: NewConnection, { record, service, destination }: PeerRecord): void {
  const { family } = record;
  const words = ADDRESS_WORDS[family];
  birth.family = family;
  writeKey(birth.key, record, service);
  birth.method = methodOf(record);
  birth.life = lifeOf(record);
  birth.serviceId = record.serviceId;
  birth.destinationId = record.destinationId;
  birth.destination = destination?.address.length === words ? destination.address : NO_ADDRESS;
  birth.destinationPort = record.destinationPortNamed
    ? swapPort(record.destinationPort)
    : (destination?.port ?? 0);
  birth.local = record.localNamed ? wordsOf(record.local, words) : NO_ADDRESS;
  birth.localPort = record.localNamed ? swapPort(record.localPort) : 0;
  birth.mark = service.mark;
}

/** Write the flow key of the replies that a full-NAT connection expects. */
export function writeReplyKey(key: Uint32Array, of: Readonly<NewConnection>): void {
  const { family } = of;
  const words = ADDRESS_WORDS[family];
  key.set(of.destination, 0);
  key.set(of.local, words);
  key[FLOW_PORTS[family]] = (of.destinationPort | (of.localPort << 16)) >>> 0;
  key[FLOW_PROTOCOL[family]] = of.key[FLOW_PROTOCOL[family]]!;
}

const isTemplate = (record: ConnectionRecord): boolean => (record.flags & RecordFlag.template) !== 0;

const methodOf = (record: ConnectionRecord): number =>
  record.methodNamed ? record.method : METHOD_NUMBERS.masquerade;

const isBypass = (record: ConnectionRecord, service: Service): boolean =>
  service.mark !== 0 && !isTemplate(record) && methodOf(record) === METHOD_NUMBERS.bypass;

const KNOWN_METHODS: ReadonlySet<number> = new Set(Object.values(METHOD_NUMBERS));

/** Full NAT, and nothing else, has a local end; of a template, its connections have. */
function isKnownMethod(record: ConnectionRecord): boolean {
  const method = methodOf(record);
  const hasLocal = method === METHOD_NUMBERS["full-nat"] && !isTemplate(record);
  return KNOWN_METHODS.has(method) && record.localNamed === hasLocal;
}

/** A template stands for its service: without the state of any connection, and without the client's port, in whose place UDP may have a call's number. */
function isItsTemplate(record: ConnectionRecord, service: Service): boolean {
  if (record.protocol !== service.protocol || record.state !== 0) return false;
  if (record.clientPort !== 0 && record.protocol !== IP_PROTOCOL.udp) return false;
  if (service.mark === 0) return isItsAddress(record, service) && isItsPort(record, service, [0]);
  return record.virtualNamed && record.virtualPort === 0 && isMark(record, service.mark);
}

function isItsConnection(record: ConnectionRecord, service: Service): boolean {
  const states = PROTOCOLS[record.protocol]?.stateNames.length ?? 0;
  if (record.state >= states) return false;
  if (service.mark !== 0) return true; // packets of any protocol, to any address
  return (
    record.protocol === service.protocol && isItsAddress(record, service) && isItsPort(record, service, [])
  );
}

function isItsAddress({ virtualNamed, virtual }: ConnectionRecord, { address }: Service): boolean {
  if (!virtualNamed) return true;
  const words = wordsOf(virtual, address.length);
  return address.every((word, i) => words[i] === word);
}

/** Its own port; of port 0, any; of FTP, the data connections' too. `others`: ports that will do as well. */
function isItsPort({ virtualNamed, virtualPort }: ConnectionRecord, s: Service, others: number[]): boolean {
  const port = swapPort(s.port);
  if (!virtualNamed || port === 0 || virtualPort === port || others.includes(virtualPort)) return true;
  const isFtp = port === FTP_PORT || s.record.helper === "ftp";
  const isFtpData = virtualPort === port - 1 || virtualPort >= FIRST_FREE_PORT;
  return isFtp && s.protocol === IP_PROTOCOL.tcp && isFtpData;
}

/** A mark stands in the place of a template's virtual address, its first word; the others are 0. */
function isMark({ family, virtual }: ConnectionRecord, mark: number): boolean {
  const words = wordsOf(virtual, ADDRESS_WORDS[family]);
  return words[0] === networkWord(mark) && words.subarray(1).every((word) => word === 0);
}

function lifeOf(record: ConnectionRecord): number {
  if (isTemplate(record))
    return LIFE.template | LIFE.remote | ((record.flags & RecordFlag.assured) !== 0 ? LIFE.assured : 0);
  const noOutput = (record.flags & RecordFlag.noOutput) !== 0 ? LIFE.noOutput : 0;
  return record.state | noOutput | (isExpected(record) ? LIFE.noClientPort : 0) | LIFE.remote;
}

/** Announced by a server: its client's port is not known yet. What a client announces has one. */
const isExpected = ({ protocol, state, clientPort }: ConnectionRecord): boolean =>
  protocol === IP_PROTOCOL.tcp && state === TcpState.listen && clientPort === 0;

function writeKey(key: Uint32Array, record: ConnectionRecord, service: Service): void {
  const { family } = record;
  const words = ADDRESS_WORDS[family];
  addressToWords(record.client, words, key, 0);
  if (record.virtualNamed) addressToWords(record.virtual, words, key, words);
  else for (let i = 0; i < words; i++) key[words + i] = service.address[i]!;
  const virtualPort = record.virtualNamed ? swapPort(record.virtualPort) : service.port;
  key[FLOW_PORTS[family]] = (swapPort(record.clientPort) | (virtualPort << 16)) >>> 0;
  key[FLOW_PROTOCOL[family]] = record.protocol | (isTemplate(record) ? TEMPLATE_KEY : 0);
}
