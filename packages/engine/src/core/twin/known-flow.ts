/** Point 6 of docs/packet-path.md for the twin: a packet of a known flow is forwarded, or handed to the core. */
import { METHOD_NUMBERS } from "@tandem/model";
import { decrementTtl } from "../../rewrite/direct-route.ts";
import { masquerade } from "../../rewrite/masquerade.ts";
import { createTunnelEnds, overheadOf, type TunnelEnds, type Wrapping, wrap } from "../../rewrite/tunnel.ts";
import { hasChecksum } from "../../rewrite/tunnel-header.ts";
import { ADDRESS, DIRECTION, LIFE, POLICY_FLAG, RECORD } from "../layout.ts";
import { createNewEnds } from "../new-ends.ts";
import { startsAnew } from "../packet-event.ts";
import { addressAt, hasOutput, methodOf, readField } from "../record.ts";
import { type Step, stepRecord } from "../step.ts";
import type { Reason } from "../verdict.ts";
import type { FastpathScene } from "./fastpath-scene.ts";
import {
  type FastpathPacket,
  type FastpathWorld,
  type LifeChange,
  ROUTE,
  ROUTE_REASONS,
} from "./fastpath-world.ts";

const MAX_WRAPPED_BYTES = 65_535 + 128;

/** What becomes of a packet that `scene.findLive` has found a connection for. */
export function createKnownFlow(
  world: FastpathWorld,
  scene: FastpathScene,
): (packet: FastpathPacket) => Reason {
  const { p, hit } = scene;
  const newEnds = createNewEnds();
  const by: Step = {
    direction: 0,
    gsoSize: 0,
    now: 0,
    transitions: NO_TRANSITIONS,
    before: 0,
    after: 0,
  };
  const change: LifeChange = { generation: 0, before: 0, after: 0 };
  const wrapped = new Uint8Array(MAX_WRAPPED_BYTES);
  const wrapping: Wrapping = { out: wrapped, tunnel: NO_TUNNEL, mayFragment: false };
  let records = world.records[4];

  const field = (which: number): number => readField(records, hit.index, which);
  const placeOf = (address: number): number => hit.index * records.stride + addressAt(records, address);

  function known(packet: FastpathPacket): Reason {
    records = world.records[p.family];
    const isInput = hit.direction !== DIRECTION.output;
    const life = field(RECORD.life);
    if (isInput && (life & LIFE.held) !== 0) return "destination_gone"; // 6.1
    if ((life & LIFE.watched) !== 0 && !packet.isInjected) return "watched"; // 6.2
    if (isInput && startsAnew(p) && !packet.isInjected) return "syn_on_flow"; // 6.3
    const method = methodOf(records, hit.index);
    if (isInput && method === METHOD_NUMBERS.local) return deliver(packet); // 6.4
    if (p.ttl <= 1) return "ttl_exceeded"; // 6.5
    if (isInput && method === METHOD_NUMBERS.tunnel) return intoTunnel(packet);
    const route = askNextHop(packet, isInput, method); // 6.6
    if (route !== ROUTE.success) return ROUTE_REASONS[route] ?? "fib_failed";
    takePart(packet);
    decrementTtl(packet.bytes, p.family); // 6.10
    for (const end of newEnds(records, hit.index, hit.direction)) masquerade(p, packet.bytes, end);
    return "forwarded"; // 6.11
  }

  function deliver(packet: FastpathPacket): Reason {
    takePart(packet);
    return "delivered";
  }

  /** Points 6.7 to 6.9; 6.7 has no counterpart: nobody else runs between the lookup and here. */
  function takePart({ gsoSize }: FastpathPacket): void {
    by.direction = hit.direction;
    by.gsoSize = gsoSize;
    by.now = world.now();
    by.transitions = world.policy().transitions;
    if (!stepRecord(records, hit.index, p, by)) return;
    change.generation = field(RECORD.generation);
    change.before = by.before;
    change.after = by.after;
    world.event(p.family, hit.index, change);
  }

  function askNextHop(packet: FastpathPacket, isInput: boolean, method: number): number {
    const bytes = scene.segmentBytes(packet);
    if (!isInput) return scene.ask(p.family, records.words, placeOf(ADDRESS.client), bytes);
    const isToDestination = hasOutput(method) || method === METHOD_NUMBERS["direct-route"];
    if (isToDestination) return scene.ask(p.family, records.words, placeOf(ADDRESS.destination), bytes);
    return scene.ask(p.family, p.key, records.addressWords, bytes); // bypass
  }

  function intoTunnel(packet: FastpathPacket): Reason {
    const tunnel = world.tunnel(field(RECORD.destinationId));
    if (!tunnel) return "destination_gone";
    const bytes = scene.segmentBytes(packet) + overheadOf(tunnel);
    const route = scene.ask(tunnel.family, tunnel.destination, 0, bytes);
    if (route !== ROUTE.success) return ROUTE_REASONS[route] ?? "fib_failed";
    const isOffloaded = packet.gsoSize > 0;
    if (isOffloaded && hasChecksum(tunnel)) return "to_be_cut";
    if (!world.hasRoom(packet)) return isOffloaded ? "to_be_cut" : "no_room";
    takePart(packet);
    decrementTtl(packet.bytes, p.family);
    putIntoTunnel(packet, tunnel);
    return "forwarded";
  }

  function putIntoTunnel(packet: FastpathPacket, tunnel: TunnelEnds): void {
    wrapping.tunnel = tunnel;
    wrapping.mayFragment = (world.policy().flags & POLICY_FLAG.tunnelsFragment) !== 0;
    const bytes = wrap(packet.bytes, p.totalBytes, wrapping);
    const padding = packet.lengthBytes - p.totalBytes;
    for (let i = 0; i < padding; i++) wrapped[bytes + i] = packet.bytes[p.totalBytes + i]!;
    packet.bytes = wrapped;
    packet.lengthBytes = bytes + padding;
  }

  return known;
}

const NO_TRANSITIONS = new Uint8Array();
const NO_TUNNEL = createTunnelEnds();
