/** The packet in the twin's hands: what was read of it, and the lookups that several points of docs/packet-path.md make. Reused for every packet. */
import { createParsedPacket, FLOW_PORTS, IP_PROTOCOL, type ParsedPacket } from "../../packet/parse.ts";
import { wordsToAddress } from "../../packet/words.ts";
import { LIFE, RECORD } from "../layout.ts";
import { isAlive, matchesKey, readField } from "../record.ts";
import { ENDPOINT_WORDS, type EndpointParts, writeEndpoint } from "../services/endpoint.ts";
import type { Classified } from "../services/mark-rules.ts";
import type { FastpathPacket, FastpathWorld, RouteQuestion, ServiceValue } from "./fastpath-world.ts";

/** What a tunnel's outer header may say of itself. */
const TUNNEL_PROTOCOLS: ReadonlySet<number> = new Set([
  IP_PROTOCOL.ipip,
  IP_PROTOCOL.ipv6,
  IP_PROTOCOL.gre,
  IP_PROTOCOL.udp,
]);
/** Protocol of the key in `real_servers` that says "a tunnel's end". */
const TUNNEL_END_PROTOCOL = 255;
const MAX_LENGTH = 0xffff;
const PORT_MASK = 0xffff_0000; // leaves the destination's, as ports stand in the key's word

/** One packet's surroundings. */
export interface FastpathScene {
  readonly p: ParsedPacket;
  /** What `findLive` found. */
  readonly hit: { index: number; direction: number };
  /** What an upcall will carry; 0 if it carries none. */
  mark: number;
  mtu: number;
  /** Id of the service that a packet without a flow is for; 0 none. */
  service: number;
  /** The last address that the route was asked for; empty if none was. */
  nextHop: Uint8Array;
  /** A live connection that the packet's tuple belongs to. */
  findLive(): boolean;
  /** A live connection that waits for the packet's source address, from whatever port. */
  findExpected(): boolean;
  /** `services` at the packet's destination address. Port as it stands; with port and protocol 0: whether it is a VIP. */
  serviceAt(port: number, protocol: number): ServiceValue | undefined;
  isToVip(): boolean;
  /** `real_servers` at the packet's source: its address, or with its port and protocol. */
  isFromRealServer(withPort: boolean): boolean;
  /** After an embedded packet was read: whether that went to a tunnel's end. */
  isAboutTunnel(): boolean;
  /** The packet's own mark, or that of the classifier rules. */
  markOf(packet: FastpathPacket, hasPorts: boolean): number;
  /** Length of the packet, or of one segment that it will be cut into. */
  segmentBytes(packet: FastpathPacket): number;
  /** Look up the route to the address in `words` from `at` on, for so many bytes. Sets `nextHop` and `mtu`. */
  ask(family: 4 | 6, words: Uint32Array, at: number, lengthBytes: number): number;
}

/** A scene over a world. */
export function createScene(world: FastpathWorld): FastpathScene {
  const p = createParsedPacket();
  const hit = { index: 0, direction: 0 };
  const endpoint = new Uint32Array(ENDPOINT_WORDS);
  const parts: EndpointParts = { family: 4, from: p.key, at: 0, port: 0, protocol: 0 };
  const classified: Classified = { family: 4, key: p.key, ifindex: 0, hasPorts: true };
  const hops = { 4: new Uint8Array(4), 6: new Uint8Array(16) };
  const question: RouteQuestion = { address: hops[4], lengthBytes: 0, mtu: 0 };

  /** Point `endpoint` at one end of the packet. */
  function pointAt(end: "source" | "destination", port: number, protocol: number): Uint32Array {
    parts.family = p.family;
    parts.at = end === "source" ? 0 : p.family === 4 ? 1 : 4;
    parts.port = port;
    parts.protocol = protocol;
    writeEndpoint(endpoint, parts);
    return endpoint;
  }

  /** A live record that the flow map leads to from the key in `p`, with none of the `unlike` flags and all of the `like` ones. */
  function find(unlike: number, like: number): boolean {
    const found = world.findFlow(p.family, p.key);
    if (found < 0) return false;
    hit.index = found >>> 2;
    hit.direction = found & 3;
    const records = world.records[p.family];
    if (hit.index >= records.capacity || !isAlive(records, hit.index)) return false;
    const life = readField(records, hit.index, RECORD.life);
    return (life & (unlike | like)) === like && matchesKey(records, hit.index, hit.direction, p.key);
  }

  const scene: FastpathScene = {
    p,
    hit,
    mark: 0,
    mtu: 0,
    service: 0,
    nextHop: hops[4],
    findLive: () => find(LIFE.template | LIFE.noClientPort, 0),
    findExpected() {
      const at = FLOW_PORTS[p.family];
      const ports = p.key[at]!;
      p.key[at] = ports & PORT_MASK;
      const isFound = find(LIFE.template, LIFE.noClientPort);
      p.key[at] = ports;
      return isFound;
    },
    serviceAt: (port, protocol) => world.service(pointAt("destination", port, protocol)),
    isToVip: () => scene.serviceAt(0, 0) !== undefined,
    isFromRealServer(withPort) {
      const port = withPort ? p.key[FLOW_PORTS[p.family]]! & 0xffff : 0;
      return world.isRealServer(pointAt("source", port, withPort ? p.protocol : 0));
    },
    isAboutTunnel: () =>
      TUNNEL_PROTOCOLS.has(p.embeddedProtocol) &&
      world.isRealServer(pointAt("source", 0, TUNNEL_END_PROTOCOL)),
    markOf(packet, hasPorts) {
      classified.family = p.family;
      classified.ifindex = packet.ifindex;
      classified.hasPorts = hasPorts;
      return packet.mark !== 0 ? packet.mark : world.markOf(classified);
    },
    segmentBytes({ gsoSize }) {
      const headers = p.transportAt + p.transportBytes;
      return gsoSize > 0 ? Math.min(p.totalBytes, headers + gsoSize) : p.totalBytes;
    },
    ask(family, words, at, lengthBytes) {
      question.address = scene.nextHop = hops[family];
      wordsToAddress(words, at, question.address, family === 4 ? 1 : 4);
      question.lengthBytes = Math.min(lengthBytes, MAX_LENGTH);
      question.mtu = 0;
      const result = world.route(question);
      scene.mtu = question.mtu;
      return result;
    },
  };
  return scene;
}
