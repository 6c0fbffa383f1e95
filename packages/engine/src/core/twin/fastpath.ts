/**
 * The fast path's twin: docs/packet-path.md ("The fast path, in this order") in TypeScript, over ports instead of BPF maps. The in-memory
 * data plane forwards with it, and the differential test holds it equal to `bpf/fastpath.bpf.c`. Numbers in comments are the document's points;
 * 6 is in known-flow.ts, 7 to 9 in unknown-flow.ts.
 */
import { type FragmentFields, parseFragment } from "../../packet/fragment.ts";
import {
  addressesReadable,
  IP_PROTOCOL,
  isIcmpError,
  isTransport,
  parseEmbeddedIp,
  parseEmbeddedPorts,
  parseIp,
  parseTransport,
} from "../../packet/parse.ts";
import { POLICY_FLAG } from "../layout.ts";
import { INJECTED_UPCALLS, REASONS, type Reason, type Verdict } from "../verdict.ts";
import { createScene } from "./fastpath-scene.ts";
import type { FastpathOutcome, FastpathPacket, FastpathWorld } from "./fastpath-world.ts";
import { createKnownFlow } from "./known-flow.ts";
import { createUnknownFlow } from "./unknown-flow.ts";

const ICMP = { 4: IP_PROTOCOL.icmp, 6: IP_PROTOCOL.icmp6 } as const;
const NO_HOP = new Uint8Array();

/** A fast path over a world. The outcome is reused: valid until the next packet. Never throws. */
export function createFastpath(world: FastpathWorld): (packet: FastpathPacket) => Readonly<FastpathOutcome> {
  const scene = createScene(world);
  const known = createKnownFlow(world, scene);
  const unknown = createUnknownFlow(world, scene);
  const { p } = scene;
  const fields: FragmentFields = { id: 0, offsetBytes: 0, hasMore: false };
  const outcome: FastpathOutcome = {
    verdict: "pass",
    reason: "not_ours",
    nextHop: NO_HOP,
    mark: 0,
    mtu: 0,
    service: 0,
  };

  function judge(packet: FastpathPacket): Reason {
    if (!packet.isForHost) return "other_host"; // 1
    if (packet.family === 0) return "not_ip"; // 2
    p.family = packet.family;
    if (!parseIp(p, packet.bytes, packet.lengthBytes)) {
      return addressesReadable(p.family, packet.lengthBytes) && scene.isToVip() ? "malformed" : "not_ours";
    }
    if (p.isFragment) return fragment(packet); // 3
    if (p.protocol === ICMP[p.family]) return icmp(packet); // 4
    if (!isTransport(p.protocol)) return "not_ours"; // 5
    if (!parseTransport(p, packet.bytes)) return scene.isToVip() ? "malformed" : "not_ours";
    if (scene.findLive()) return known(packet); // 6
    return packet.isInjected ? "inject_miss" : unknown(packet);
  }

  function fragment(packet: FastpathPacket): Reason {
    parseFragment(p, packet.bytes, fields);
    scene.mark = scene.markOf(packet, false);
    const isMarked = world.marked(scene.mark, p.family) !== undefined;
    return isMarked || scene.isToVip() || scene.isFromRealServer(false) ? "fragment" : "not_ours";
  }

  function icmp(packet: FastpathPacket): Reason {
    if (!isIcmpError(p, packet.bytes)) return "not_ours";
    const mayOpen = (world.policy().flags & POLICY_FLAG.scheduleIcmp) !== 0 && scene.isToVip();
    if (!parseEmbeddedIp(p, packet.bytes, p.transportAt + 8)) return "not_ours";
    const hasPorts = parseEmbeddedPorts(p, packet.bytes);
    if (hasPorts && scene.findLive()) return "icmp_related";
    if (scene.isAboutTunnel()) return "icmp_about_tunnel";
    if (!hasPorts || !mayOpen) return "not_ours";
    scene.mark = scene.markOf(packet, true);
    return "icmp_about_unknown";
  }

  return (packet) => {
    scene.nextHop = NO_HOP;
    scene.mark = 0;
    scene.mtu = 0;
    scene.service = 0;
    const reason = judge(packet);
    outcome.reason = reason;
    outcome.verdict = packet.isInjected ? verdictOfInjected(reason) : REASONS[reason].verdict;
    outcome.nextHop = scene.nextHop;
    outcome.mark = scene.mark;
    outcome.mtu = reason === "fib_frag_needed" ? scene.mtu : 0;
    outcome.service = scene.service;
    return outcome;
  };
}

/** Most of what would otherwise go to the core has come from there, and nobody passes on what is for somebody else. */
function verdictOfInjected(reason: Reason): Verdict {
  if (INJECTED_UPCALLS.has(reason)) return "upcall";
  return reason === "forwarded" || reason === "delivered" ? REASONS[reason].verdict : "drop";
}
