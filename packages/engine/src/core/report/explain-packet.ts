/** The packet that an explanation is about: its flow key, its firewall mark, and why a service is found for it. */
import { type MarkRuleSpec, parseAddress } from "@tandem/model";
import { createParsedPacket, FLOW_PORTS, FLOW_PROTOCOL, type ParsedPacket } from "../../packet/parse.ts";
import { addressToWords, swapPort } from "../../packet/words.ts";
import { ADDRESS_WORDS } from "../layout.ts";
import { compileMarkRules } from "../services/mark-rules.ts";
import { ruleOf } from "../services/policy.ts";
import type { Service } from "../services/service.ts";

/** A packet that there is, or might be. Addresses are text of one family, ports numbers. */
export interface PacketOf {
  readonly protocol: number;
  readonly client: string;
  readonly clientPort: number;
  readonly virtual: string;
  readonly virtualPort: number;
  /** Firewall mark that it carries; 0: what the document's rules give it. */
  readonly mark: number;
  /** Interface that it comes in by, for the rules. */
  readonly interface?: string;
}

/** Its headers, as far as it has any. */
export function parsedOf(packet: PacketOf): ParsedPacket {
  const p = createParsedPacket();
  const [client, virtual] = [parseAddress(packet.client)!, parseAddress(packet.virtual)!];
  p.family = client.length === 4 ? 4 : 6;
  p.protocol = packet.protocol;
  const words = ADDRESS_WORDS[p.family];
  addressToWords(client, words, p.key);
  addressToWords(virtual, words, p.key, words);
  p.key[FLOW_PORTS[p.family]] = (swapPort(packet.clientPort) | (swapPort(packet.virtualPort) << 16)) >>> 0;
  p.key[FLOW_PROTOCOL[p.family]] = packet.protocol;
  return p;
}

/** The mark that finds the service, and where it is from. */
export function markOf(
  packet: PacketOf,
  p: ParsedPacket,
  marks: readonly MarkRuleSpec[],
): { mark: number; why: string } {
  if (packet.mark !== 0) return { mark: packet.mark, why: `the packet carries the mark ${packet.mark}` };
  const ifindexOf = (name: string) => (name === packet.interface ? 1 : undefined);
  const asked = {
    family: p.family,
    key: p.key,
    ifindex: packet.interface === undefined ? 0 : 1,
    hasPorts: true,
  };
  const at = marks.findIndex((rule) => compileMarkRules([ruleOf(rule)], ifindexOf)(asked) !== 0);
  const mark = marks[at]?.mark ?? 0;
  return { mark, why: `marks[${at}] gives it the mark ${mark}` };
}

/** Why a service that is found by its endpoint is found for this packet. */
export function whyEndpoint(p: ParsedPacket, service: Service): string {
  if (service.port === p.key[FLOW_PORTS[p.family]]! >>> 16) return "its protocol, address and port";
  if (service.port === 0) return "every port of its address that no other service has";
  return "persistent FTP: port 20 and unprivileged ports go where port 21 goes";
}
