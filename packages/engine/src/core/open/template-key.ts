/** By which key the template of a client is found: the table of Linux 6.1 `ip_vs_sched_persist`. */
import { FLOW_PORTS, FLOW_PROTOCOL, type ParsedPacket } from "../../packet/parse.ts";
import { swapPort } from "../../packet/words.ts";
import { ADDRESS_WORDS } from "../layout.ts";
import { TEMPLATE_KEY } from "../record.ts";
import type { Persistence, Service } from "../services/service.ts";

/** What a template's key is made from: the packet of a client of a persistent service. */
export interface KeySource {
  service: Service;
  persistence: Persistence;
  p: ParsedPacket;
  /** From the IP header on. */
  packet: Uint8Array;
}

/** What most keys are made from: a flow key of the client's packets says enough. */
export type ClientSource = Pick<KeySource, "service" | "persistence"> & {
  p: Pick<ParsedPacket, "family" | "key">;
};

/** Writes the key of a client's template. Returns false if the packet does not say whose it is. Never throws. */
export type TemplateKeyWriter = (key: Uint32Array, of: Readonly<KeySource>) => boolean;

const FTP_PORT = swapPort(21);

/** Whether the service's connections are told apart by their virtual port: not those of FTP, of every port, of a firewall mark. */
export const isOfPort = (service: Service, virtualPort: number): boolean =>
  service.mark === 0 && virtualPort === service.port && virtualPort !== FTP_PORT;

/** The client's address, as far as it counts; service and port, or the firewall mark in the place of the address. */
export function writeClientKey(key: Uint32Array, { service, persistence, p }: Readonly<ClientSource>): true {
  const words = ADDRESS_WORDS[p.family];
  const virtualPort = p.key[FLOW_PORTS[p.family]]! >>> 16;
  for (let i = 0; i < words; i++) {
    key[i] = p.key[i]! & persistence.mask[i]!;
    key[words + i] = service.mark === 0 ? p.key[words + i]! : 0;
  }
  if (service.mark !== 0) key[words] = networkWord(service.mark);
  key[FLOW_PORTS[p.family]] = isOfPort(service, virtualPort) ? (virtualPort << 16) >>> 0 : 0;
  key[FLOW_PROTOCOL[p.family]] = TEMPLATE_KEY | (service.mark === 0 ? p.key[FLOW_PROTOCOL[p.family]]! : 0);
  return true;
}

/** A number as the word that stands for it in network order. */
export const networkWord = (n: number): number =>
  ((n << 24) | ((n & 0xff00) << 8) | ((n >>> 8) & 0xff00) | (n >>> 24)) >>> 0;
