/** Classifier rules, ready to be asked of packets: docs/packet-path.md ("A classifier rule"). */
import type { Prefix } from "@tandem/model";
import type { MarkRule } from "../../dataplane/dataplane.ts";
import { FLOW_PORTS, FLOW_PROTOCOL } from "../../packet/parse.ts";
import { swapPort, wordsOf } from "../../packet/words.ts";
import { maskWords } from "./client-list.ts";

/** What rules are asked about: a flow key as `packet/parse.ts` leaves it, and where the packet came in. */
export interface Classified {
  family: 4 | 6;
  key: Uint32Array;
  ifindex: number;
  /** A fragment's ports are not asked. */
  hasPorts: boolean;
}

/** The mark of the first rule that matches; 0 if none does. */
export type MarkRules = (packet: Classified) => number;

/** Compile rules. `ifindexOf` is an interface's index, or undefined if there is none of that name: such a rule matches nothing. */
export function compileMarkRules(
  rules: readonly MarkRule[],
  ifindexOf: (name: string) => number | undefined,
): MarkRules {
  const tests = rules.map((rule) => ({ mark: rule.mark, matches: compileRule(rule, ifindexOf) }));
  return (packet) => {
    for (const { mark, matches } of tests) if (matches(packet)) return mark;
    return 0;
  };
}

type Test = (packet: Classified) => boolean;

function compileRule(rule: MarkRule, ifindexOf: (name: string) => number | undefined): Test {
  const { protocol, source, destination, sourcePorts, destinationPorts } = rule;
  const ifindex = rule.interface === undefined ? 0 : (ifindexOf(rule.interface) ?? -1);
  const isFrom = source && compilePrefix(source, 0);
  const isTo = destination && compilePrefix(destination, destination.address.length / 4);
  return (packet) => {
    const ports = packet.key[FLOW_PORTS[packet.family]]!;
    return (
      (protocol === 0 || protocol === packet.key[FLOW_PROTOCOL[packet.family]]) &&
      (ifindex === 0 || ifindex === packet.ifindex) &&
      (!isFrom || isFrom(packet)) &&
      (!isTo || isTo(packet)) &&
      (!packet.hasPorts ||
        (isWithin(sourcePorts, swapPort(ports & 0xffff)) &&
          isWithin(destinationPorts, swapPort(ports >>> 16))))
    );
  };
}

/** A test of the address at word `at` of the flow key. */
function compilePrefix({ address, bits }: Prefix, at: number): Test {
  const count = address.length / 4;
  const mask = maskWords(count, bits);
  const wanted = wordsOf(address);
  return (packet) => {
    if (packet.family !== (count === 1 ? 4 : 6)) return false;
    for (let i = 0; i < count; i++) if (((packet.key[at + i]! ^ wanted[i]!) & mask[i]!) !== 0) return false;
    return true;
  };
}

const isWithin = ([first, last]: readonly [number, number], port: number): boolean =>
  first <= port && port <= last;
