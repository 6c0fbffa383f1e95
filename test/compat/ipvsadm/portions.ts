/** Packets of a real server's connections, filled up to the counters that it was seen with. */
import { buildSctp, buildTcp, buildUdp } from "../packets.ts";
import type { Side } from "../testbed.ts";
import { FILLERS, fillingPoint, type Ingredient } from "./recipes.ts";
import type { Counters, Sighted } from "./sightings.ts";

/** A packet with so many bytes behind its header. */
export interface Portion extends Ingredient {
  extraBytes: number;
}

/** A connection and what it is made of. */
export interface Dish {
  readonly connection: Sighted;
  readonly portions: Portion[];
}

/** How many of its portions come before it is closed. */
export const openingOf = ({ connection, portions }: Dish): number => {
  const closing = portions.findIndex(({ what }) => /^(FA|R|SHUTDOWN|ABORT)$/.test(what));
  return closing < 0 || connection.protocol === "UDP" ? portions.length : closing;
};

const SIDES: readonly (readonly [Side, "inPackets" | "outPackets", "inBytes" | "outBytes"])[] = [
  ["client", "inPackets", "inBytes"],
  ["server", "outPackets", "outBytes"],
];

/**
 * Add packets and bytes, so that all dishes together have what is missing.
 *
 * @returns why that cannot be; undefined: it is done
 */
export function fillUp(dishes: readonly Dish[], missing: Counters): string | undefined {
  for (const [side, packets, bytes] of SIDES) {
    const own = () =>
      dishes.flatMap((dish) =>
        dish.portions.filter(({ from }) => from === side).map((portion) => ({ dish, portion })),
      );
    const short = missing[packets] - own().length;
    if (short < 0)
      return `${own().length} packets from the ${side} are needed, ${missing[packets]} were counted`;
    if (!addFillers(dishes, side, short))
      return `no connection can take ${short} more packets from the ${side}`;
    const spare = missing[bytes] - own().reduce((sum, { dish }) => sum + leastBytes(dish.connection), 0);
    const takers = takersOf(own());
    if (spare < 0 || (spare > 0 && takers.length === 0))
      return `${missing[bytes]} bytes from the ${side} cannot be ${missing[packets]} packets`;
    for (const [i, portion] of takers.entries())
      portion.extraBytes = Math.floor(spare / takers.length) + Number(i < spare % takers.length);
  }
  return undefined;
}

/** False: no connection can take them. */
function addFillers(dishes: readonly Dish[], from: Side, count: number): boolean {
  if (count === 0) return true;
  const dish = dishes.find((d) => fillingPoint(d.connection.protocol, d.portions) !== undefined);
  if (!dish) return false;
  const { protocol } = dish.connection;
  const added = Array.from({ length: count }, () => ({ from, what: FILLERS[protocol]!, extraBytes: 0 }));
  dish.portions.splice(fillingPoint(protocol, dish.portions)!, 0, ...added);
  return true;
}

/** What bytes are put into: packets of data; where there are none, any that may have some. */
function takersOf(own: readonly { readonly dish: Dish; readonly portion: Portion }[]): Portion[] {
  const data = own.filter(({ dish, portion }) => portion.what === FILLERS[dish.connection.protocol]);
  return (data.length > 0 ? data : own).map(({ portion }) => portion).filter(mayStretch);
}

/** A RST or SYN with data is nothing that anybody sends. */
const mayStretch = ({ what }: Portion): boolean => !/^(S|SA|R)$/.test(what);

const TRANSPORT_BYTES: Readonly<Record<string, number>> = { TCP: 20, UDP: 8, SCTP: 28 };

function leastBytes(connection: Sighted): number {
  const { client, protocol } = connection;
  return (client.split(":").length > 2 ? 40 : 20) + TRANSPORT_BYTES[protocol]! + textOf(connection).length;
}

/** What a datagram of a connection says. */
const textOf = ({ engineData }: Sighted): string =>
  engineData === undefined ? "" : `OPTIONS sip:ann@example.test SIP/2.0\r\nCall-ID: ${engineData}\r\n\r\n`;

/** The packet, IP header on. */
export function packetOf(connection: Sighted, { from, what, extraBytes }: Portion): Uint8Array {
  const { protocol, client, virtual, destination } = connection;
  const [a, b] = from === "client" ? [client, virtual] : [destination, client];
  const ends = { from: hostOf(a), fromPort: portOf(a), to: hostOf(b), toPort: portOf(b) };
  const text = `${textOf(connection)}${"x".repeat(extraBytes)}`;
  if (protocol === "SCTP") return buildSctp({ ...ends, chunks: [what], extraBytes })!;
  const payload = new TextEncoder().encode(text);
  return protocol === "UDP"
    ? buildUdp({ ...ends, payload })
    : buildTcp({ ...ends, flags: what, seq: 1, ack: 1, payload });
}

const hostOf = (end: string): string => end.slice(0, end.lastIndexOf(":"));
const portOf = (end: string): number => Number(end.slice(end.lastIndexOf(":") + 1));
