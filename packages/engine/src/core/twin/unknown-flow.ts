/** Points 7 to 9 of docs/packet-path.md for the twin: a packet that belongs to no flow belongs to a service, to a translated destination, or to nobody here. */
import { FLOW_PORTS, IP_PROTOCOL } from "../../packet/parse.ts";
import { swapPort } from "../../packet/words.ts";
import { CLIENT_VALUE, POLICY_FLAG, SERVICE_FLAG } from "../layout.ts";
import { abortsConnection, opensConnection } from "../packet-event.ts";
import type { Reason } from "../verdict.ts";
import type { FastpathScene } from "./fastpath-scene.ts";
import { type FastpathPacket, type FastpathWorld, ROUTE, type ServiceValue } from "./fastpath-world.ts";

const FTP = { dataPort: 20, controlPort: 21, firstUnprivileged: 1024 } as const;

/** What becomes of a TCP, UDP or SCTP packet that no live flow is known for. */
export function createUnknownFlow(
  world: FastpathWorld,
  scene: FastpathScene,
): (packet: FastpathPacket) => Reason {
  const { p } = scene;

  function unknown(packet: FastpathPacket): Reason {
    const vip = scene.serviceAt(0, 0);
    if (vip && (vip.flags & SERVICE_FLAG.expects) !== 0 && scene.findExpected()) return "expected";
    const mark = scene.markOf(packet, true);
    const service = world.marked(mark, p.family) ?? (vip && serviceOfAddress());
    if (!service) return scene.isFromRealServer(true) && wouldForward(packet) ? unmatched() : "not_ours";
    scene.mark = mark;
    return ofService(service);
  }

  /** Point 7, the order of lookups at an address that is a VIP. */
  function serviceOfAddress(): ServiceValue | undefined {
    const port = p.key[FLOW_PORTS[p.family]]! >>> 16;
    return scene.serviceAt(port, p.protocol) ?? ftpService(swapPort(port)) ?? scene.serviceAt(0, p.protocol);
  }

  function ftpService(port: number): ServiceValue | undefined {
    const mayBeData = port === FTP.dataPort || port >= FTP.firstUnprivileged;
    if (p.protocol !== IP_PROTOCOL.tcp || !mayBeData) return undefined;
    const service = scene.serviceAt(swapPort(FTP.controlPort), IP_PROTOCOL.tcp);
    return service && (service.flags & SERVICE_FLAG.ftp) !== 0 ? service : undefined;
  }

  function ofService(service: ServiceValue): Reason {
    scene.service = service.id;
    if (!isServed(service)) return "denied"; // 7.1
    const isOpening = opensConnection(p);
    const mayJoin = (service.flags & SERVICE_FLAG.sloppy) !== 0 && !abortsConnection(p);
    if (!isOpening && !mayJoin) {
      return (world.policy().flags & POLICY_FLAG.midStreamToHost) !== 0 ? "mid_stream_host" : "mid_stream"; // 7.2
    }
    if (!world.spend(p.family, p.key)) return "over_budget"; // 7.3
    return isOpening ? "new_flow" : "mid_stream_sloppy"; // 7.4
  }

  function isServed({ id, flags }: ServiceValue): boolean {
    if ((flags & SERVICE_FLAG.filtered) === 0) return true;
    const found = world.client(id, p.family, p.key);
    return found === CLIENT_VALUE.allow || (found === 0 && (flags & SERVICE_FLAG.allowListed) === 0);
  }

  /** Not if the destination is this host itself, which a host that forwards nothing need not be asked. */
  function wouldForward(packet: FastpathPacket): boolean {
    const route = scene.ask(p.family, p.key, p.family === 4 ? 1 : 4, scene.segmentBytes(packet));
    return route !== ROUTE.notForwarded && route !== ROUTE.forwardingDisabled;
  }

  /** Point 8. */
  function unmatched(): Reason {
    const { flags } = world.policy();
    if ((flags & POLICY_FLAG.unmatchedToHost) !== 0) return "unmatched_host";
    return (flags & POLICY_FLAG.unmatchedRefused) !== 0 ? "unmatched_refused" : "unmatched_reply";
  }

  return unknown;
}
