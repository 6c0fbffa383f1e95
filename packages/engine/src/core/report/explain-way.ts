/** The way of a connection in words: of one that is there, and of one that would be made. */
import { formatEndpoint } from "@tandem/model";
import type { Tunnel } from "../../dataplane/dataplane.ts";
import { FLOW_PORTS, type ParsedPacket } from "../../packet/parse.ts";
import { ADDRESS_WORDS } from "../layout.ts";
import type { Destination, Service } from "../services/service.ts";
import type { Row } from "./census.ts";
import { endpointText, type Way } from "./explain-words.ts";

/** The way of a connection, and of its tunnel if it goes by one. */
export function wayOfRow(row: Row, tunnel: Tunnel | undefined): Way {
  return {
    method: row.method,
    client: formatEndpoint(row.client, row.clientPort),
    virtual: formatEndpoint(row.virtual, row.virtualPort),
    destination: formatEndpoint(row.destination, row.destinationPort),
    local: formatEndpoint(row.local, row.localPort),
    tunnel,
  };
}

/** The way of the connection that a packet would open. */
export function wayTo(p: ParsedPacket, service: Service, d: Destination): Way {
  const words = ADDRESS_WORDS[p.family];
  const ports = p.key[FLOW_PORTS[p.family]]!;
  const virtualPort = ports >>> 16;
  const keepsPort = d.port === 0 || (service.persistence !== undefined && virtualPort !== service.port);
  return {
    method: d.method,
    client: endpointText(p.key.slice(0, words), ports & 0xffff),
    virtual: endpointText(p.key.slice(words, 2 * words), virtualPort),
    destination: endpointText(d.address, keepsPort ? virtualPort : d.port),
    local: undefined,
    tunnel: d.tunnel,
  };
}
