/** What the ends of a translated packet become (docs/packet-path.md, point 6.10). */
import { METHOD_NUMBERS } from "@tandem/model";
import type { NewEnd } from "../rewrite/masquerade.ts";
import { ADDRESS, DIRECTION, RECORD } from "./layout.ts";
import { addressAt, methodOf, type RecordArray, readField } from "./record.ts";

/** Which end of a packet becomes which address and port of the record; the second under full NAT alone. */
interface Becomes {
  readonly side: NewEnd["side"];
  readonly address: number;
  /** Word of two ports, and which of them. */
  readonly ports: number;
  readonly isFirst: boolean;
}
const INPUT: readonly Becomes[] = [
  { side: "destination", address: ADDRESS.destination, ports: RECORD.serverPorts, isFirst: true },
  { side: "source", address: ADDRESS.local, ports: RECORD.serverPorts, isFirst: false },
];
const OUTPUT: readonly Becomes[] = [
  { side: "source", address: ADDRESS.virtual, ports: RECORD.clientPorts, isFirst: false },
  { side: "destination", address: ADDRESS.client, ports: RECORD.clientPorts, isFirst: true },
];

/** Ends that a record gives to packets of a direction: none, one (masquerade) or both (full NAT). */
export type NewEnds = (r: RecordArray, index: number, direction: number) => readonly NewEnd[];

const NO_ENDS: readonly NewEnd[] = [];

/** A source of ends, which it reuses. */
export function createNewEnds(): NewEnds {
  const ends = [newEnd(), newEnd()];
  const oneEnd = ends.slice(0, 1);
  const byMethod: Readonly<Record<number, readonly NewEnd[]>> = {
    [METHOD_NUMBERS.masquerade]: oneEnd,
    [METHOD_NUMBERS["full-nat"]]: ends,
  };

  return (r, index, direction) => {
    const becomes = direction === DIRECTION.output ? OUTPUT : INPUT;
    const used = byMethod[methodOf(r, index)] ?? NO_ENDS;
    for (let i = 0; i < used.length; i++) setEnd(used[i]!, r, index, becomes[i]!);
    return used;
  };
}

const newEnd = (): NewEnd => ({ side: "source", words: new Uint32Array(), at: 0, port: 0 });

function setEnd(
  end: NewEnd,
  r: RecordArray,
  index: number,
  { side, address, ports, isFirst }: Becomes,
): void {
  end.side = side;
  end.words = r.words;
  end.at = index * r.stride + addressAt(r, address);
  const word = readField(r, index, ports);
  end.port = isFirst ? word & 0xffff : word >>> 16;
}
