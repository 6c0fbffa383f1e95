/**
 * Full NAT: the address and port that a connection seems to come from. A pair is free when no connection to the same destination has it, so nothing
 * is kept but the connections themselves, a peer's included: what a peer has given out is known here before its connections can come here. Ports are
 * those below Linux's own ephemeral range (32768 to 60999), so what this host itself sends from the same address is never taken for a client's.
 * Pairs are drawn, not counted up: two directors that cannot hear each other seldom draw the same.
 */
import { FLOW_PORTS, FLOW_PROTOCOL, FLOW_WORDS } from "../../packet/parse.ts";
import { swapPort } from "../../packet/words.ts";
import type { CoreContext } from "../answer/context.ts";
import { ADDRESS_WORDS } from "../layout.ts";
import type { Service } from "../services/service.ts";
import type { NewConnection } from "../table/connection-table.ts";

const FIRST_PORT = 1024;
const PORTS = 32_768 - FIRST_PORT;
/** Pairs that are tried; with nine of ten taken, one connection in 800 finds none. */
const TRIES = 64;

/**
 * Draws a local address and port for a connection whose key, family and destination are filled in, and fills them in. Returns whether one was
 * found. Never throws.
 */
export type SourcePool = (birth: NewConnection, service: Service) => boolean;

/** A pool over the connections. */
export function createSourcePool({ connections, random }: CoreContext): SourcePool {
  const reply = new Uint32Array(FLOW_WORDS);

  function isFree({ family, destinationPort, localPort }: NewConnection): boolean {
    reply[FLOW_PORTS[family]] = (destinationPort | (localPort << 16)) >>> 0;
    return connections.table.find(family, reply) < 0;
  }

  return (birth, { sources }) => {
    if (sources.length === 0) return false; // a helper's connection may outlive its service's full NAT
    const { family, key, destination } = birth;
    const words = ADDRESS_WORDS[family];
    for (let i = 0; i < words; i++) reply[i] = destination[i]!;
    reply[FLOW_PROTOCOL[family]] = key[FLOW_PROTOCOL[family]]!;
    for (let tries = 0; tries < TRIES; tries++) {
      birth.local = sources[random(sources.length)]!;
      birth.localPort = swapPort(FIRST_PORT + random(PORTS));
      for (let i = 0; i < words; i++) reply[words + i] = birth.local[i]!;
      if (isFree(birth)) return true;
    }
    return false;
  };
}
