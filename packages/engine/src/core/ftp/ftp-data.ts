/** FTP's data connections before their first packet: records that hang on their control connection's, in the state LISTEN (Linux `ip_vs_ftp.c`, `ip_vs_tcp_conn_listen`). */
import { METHOD_NUMBERS } from "@tandem/model";
import { FLOW_PORTS, FLOW_PROTOCOL, FLOW_WORDS, IP_PROTOCOL } from "../../packet/parse.ts";
import { swapPort } from "../../packet/words.ts";
import { TcpState } from "../../protocols/tcp.ts";
import type { CoreContext } from "../answer/context.ts";
import { ADDRESS, LIFE, RECORD } from "../layout.ts";
import { createSourcePool } from "../open/source-pool.ts";
import { addressAt, methodOf, readField, stateOf } from "../record.ts";
import { createBirth, NO_ADDRESS } from "../table/connection-table.ts";
import { indexOf } from "../table/flow-index.ts";

/** A control connection. */
export interface Control {
  readonly family: 4 | 6;
  readonly index: number;
}

/** Makes data connections. Ports are numbers, not words. */
export interface DataConnections {
  /** The client is going to connect. Returns the virtual port that leads to the server's `port`; 0 if there is no room for the record. */
  passive(control: Control, port: number, now: number): number;
  /** The server is going to connect, from the port below its control connection's. Returns the record that leads to the client's `port`; -1 if there is no room. */
  active(control: Control, port: number, now: number): number;
}

/** Virtual ports that are tried beside the server's own: another server's may have it, for the same client. */
const TRIES = 8;
const FIRST_PORT = 1024;

/** Data connections among all others. */
export function createDataConnections(context: CoreContext): DataConnections {
  const { connections, services, random } = context;
  const { table } = connections;
  const takeSource = createSourcePool(context);
  const birth = createBirth();
  const key = new Uint32Array(FLOW_WORDS);
  birth.key = key;

  /** What a data connection has from its control connection. */
  function inherit({ family, index }: Control, now: number): void {
    const r = table.records[family];
    const addressOf = (which: number): Uint32Array => {
      const at = index * r.stride + addressAt(r, which);
      return r.words.slice(at, at + r.addressWords);
    };
    key.fill(0);
    key.set(addressOf(ADDRESS.client), 0);
    key.set(addressOf(ADDRESS.virtual), r.addressWords);
    key[FLOW_PROTOCOL[family]] = IP_PROTOCOL.tcp;
    birth.family = family;
    birth.method = methodOf(r, index);
    birth.serviceId = readField(r, index, RECORD.serviceId);
    birth.destinationId = readField(r, index, RECORD.destinationId);
    birth.destination = addressOf(ADDRESS.destination);
    birth.mark = readField(r, index, RECORD.mark);
    birth.controller = index + 1;
    birth.lastSeen = now;
  }

  const controlPort = ({ family, index }: Control): number =>
    swapPort(readField(table.records[family], index, RECORD.clientPorts) >>> 16);

  function setPorts(client: number, virtual: number, destination: number): void {
    key[FLOW_PORTS[birth.family]] = (swapPort(client) | (swapPort(virtual) << 16)) >>> 0;
    birth.destinationPort = swapPort(destination);
  }

  /** Index of the record with these ports, which may be there already; -1 if there is no room. */
  function open(life: number, now: number): number {
    const node = table.find(birth.family, key);
    if (node >= 0) return indexOf(node);
    birth.life = TcpState.listen | life;
    birth.local = NO_ADDRESS;
    birth.localPort = 0;
    const service = services.service(birth.serviceId);
    const isFullNat = birth.method === METHOD_NUMBERS["full-nat"];
    if (isFullNat && !(service && takeSource(birth, service))) return -1;
    return connections.open(birth, now);
  }

  /** Whether a record that was there already leads to where the new one would. */
  function isSame(index: number): boolean {
    const r = table.records[birth.family];
    const isSameServer = readField(r, index, RECORD.destinationId) === birth.destinationId;
    return isSameServer && (readField(r, index, RECORD.serverPorts) & 0xffff) === birth.destinationPort;
  }

  /** What was announced before, by whomever, begins its time anew. */
  function announce(index: number, now: number): void {
    if (stateOf(table.records[birth.family], index) !== TcpState.listen) return;
    connections.renew(birth.family, index, now);
    connections.hang(birth.family, index, birth.controller);
  }

  return {
    passive(control, port, now) {
      inherit(control, now);
      for (let tries = 0; tries <= TRIES; tries++) {
        const virtual = tries === 0 ? port : FIRST_PORT + random(0x1_0000 - FIRST_PORT);
        if (virtual === controlPort(control)) continue; // there the client opens control connections
        setPorts(0, virtual, port);
        const index = open(LIFE.noClientPort, now);
        if (index < 0) return 0;
        if (!isSame(index)) continue;
        announce(index, now);
        return virtual;
      }
      return 0;
    },
    active(control, port, now) {
      inherit(control, now);
      const r = table.records[control.family];
      const destination = swapPort(readField(r, control.index, RECORD.serverPorts) & 0xffff);
      setPorts(port, controlPort(control) - 1, destination - 1);
      const index = open(0, now);
      if (index >= 0) announce(index, now);
      return index;
    },
  };
}
