/**
 * Ways: records that stand for a destination alone, so that a packet without a connection can be sent there as those of its connections are. Like a
 * template, a way matches no packet; it counts nowhere, and ends when nobody has used it for a minute.
 */
import { FLOW_PORTS, FLOW_PROTOCOL, FLOW_WORDS } from "../../packet/parse.ts";
import type { CoreContext } from "../answer/context.ts";
import { ADDRESS_WORDS, LIFE } from "../layout.ts";
import { TEMPLATE_KEY } from "../record.ts";
import type { Destination } from "../services/service.ts";
import { createBirth, NO_ADDRESS } from "../table/connection-table.ts";
import { indexOf } from "../table/flow-index.ts";

/** The service of a way: ids start at 1. */
export const NO_SERVICE = 0;
/** No protocol's number (IANA: reserved), and no template's either. */
const NO_PROTOCOL = 255;

/** Index of the way to a destination for packets of a family; -1 if no record is free. */
export type Ways = (family: 4 | 6, to: Destination, now: number) => number;

/** Ways among the connections. */
export function createWays({ connections }: CoreContext): Ways {
  const key = new Uint32Array(FLOW_WORDS);
  const birth = createBirth();
  birth.life = LIFE.template;
  birth.serviceId = NO_SERVICE;
  birth.key = key;

  return (family, to, now) => {
    key.fill(0);
    key[0] = to.id; // id and method, in the places of a client and ports, tell ways apart
    key[FLOW_PORTS[family]] = to.method;
    key[FLOW_PROTOCOL[family]] = TEMPLATE_KEY | NO_PROTOCOL;
    const node = connections.table.find(family, key);
    if (node >= 0) {
      connections.renew(family, indexOf(node), now);
      return indexOf(node);
    }
    birth.family = family;
    birth.method = to.method;
    birth.destinationId = to.id;
    birth.destination = to.address.length === ADDRESS_WORDS[family] ? to.address : NO_ADDRESS;
    birth.lastSeen = now;
    return connections.open(birth, now);
  };
}
