/** Which packets carried which firewall mark when the recordings were made, as classifier rules. */
import { type DocumentSpec, familyOf, type MarkRuleSpec } from "@tandem/model";
import { MARKED_NETS, VIPS } from "./testbed.ts";

/**
 * Rules for one case. A note says them outright (`mark 7 for VIP tcp 8800-8899`, `mark 1 for 172.16.0.0/16`); without one the packets to the nets that are there for it
 * have the mark of the family's one service by mark.
 */
export function markRules(spec: DocumentSpec, note: string): MarkRuleSpec[] {
  const noted = [...note.matchAll(/mark (\d+) for ([^,]+)/g)].map(([, mark, what]) =>
    ruleOf(Number(mark), what!),
  );
  const rules = [...noted, ...STANDING];
  for (const service of spec.services) {
    if (service.mark === undefined || rules.some((r) => r.mark === service.mark)) continue;
    const destination = MARKED_NETS[familyOf(service.address)];
    const taken = rules.findIndex((r) => r.destination === destination);
    if (taken >= 0) rules.splice(taken, 1);
    rules.push({ mark: service.mark, destination });
  }
  return rules.filter((r, i) => rules.findIndex((other) => sameMatch(other, r)) === i);
}

/** Rules that the recordings' director had all the time. */
const STANDING: readonly MarkRuleSpec[] = [
  { mark: 7, protocol: "tcp", destination: `${VIPS[4]}/32`, destinationPorts: "8800-8899" },
  { mark: 1, destination: MARKED_NETS[4] },
];

const sameMatch = (a: MarkRuleSpec, b: MarkRuleSpec): boolean =>
  a.destination === b.destination && a.destinationPorts === b.destinationPorts && a.protocol === b.protocol;

/** `172.16.0.0/16 (why)` or `VIP tcp 8800-8899`. */
function ruleOf(mark: number, what: string): MarkRuleSpec {
  const [address, protocol, ports] = what.replace(/\(.*/, "").trim().split(/\s+/);
  const destination = address === "VIP" ? `${VIPS[4]}/32` : address!;
  const isTransport = protocol === "tcp" || protocol === "udp" || protocol === "sctp";
  return { mark, destination, ...(isTransport && { protocol }), ...(ports && { destinationPorts: ports }) };
}
