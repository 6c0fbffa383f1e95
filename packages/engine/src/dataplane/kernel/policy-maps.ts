/** What the fast path does with packets that belong to no flow: settings, classifier rules, and the state tables. */
import { POLICY, RULE } from "../../core/layout.ts";
import type { MarkRule, Policy } from "../dataplane.ts";
import type { Kept } from "./interface-keeper.ts";
import { bpfChecked, libbpf } from "./libbpf.ts";
import { BATCH_OPTIONS } from "./map-scan.ts";
import { writeMapped, writeMappedMask } from "./mapped-address.ts";
import type { Link } from "./rtnetlink.ts";

/** The maps that a policy is written into. */
type PolicyMap = "policy" | "rules" | "transitions";

/** No interface has this number: they count from 1, and 0 in a rule is any. */
const NO_INTERFACE = 0xffff_ffff;

/** As a `Kept`, it follows the numbers of the interfaces that rules name. */
export interface PolicyMaps extends Kept {
  /** As `DataPlane.setPolicy`. Throws `LbError` (refused). */
  set(policy: Policy): void;
  /** Tell the fast path where the injection pair begins. Throws `LbError` (refused). */
  injectBy(ifindex: number): void;
}

/** The maps behind file descriptors. */
export function createPolicyMaps(fds: Readonly<Record<PolicyMap, number>>): PolicyMaps {
  const first = new Uint32Array(1);
  let links: ReadonlyMap<string, Link> = new Map();
  let rules: readonly MarkRule[] = [];
  let written = Buffer.alloc(0);
  const value = new Uint32Array(POLICY.size / 4);
  bpfChecked(libbpf().lookup(fds.policy, first, value), "read the policy");

  function writePolicy(): void {
    bpfChecked(libbpf().update(fds.policy, first, value, 0n), "write the policy");
  }

  function writeRules(): void {
    const values = Buffer.concat(rules.map((rule) => encodeRule(rule, links)));
    if (values.equals(written)) return;
    const keys = Uint32Array.from(rules.keys());
    const count = new Uint32Array([rules.length]);
    bpfChecked(libbpf().updateBatch(fds.rules, keys, values, count, BATCH_OPTIONS), "write the rules");
    written = values;
  }

  return {
    set(policy) {
      value[POLICY.flags] = policy.flags;
      value[POLICY.rules] = policy.rules.length;
      value[POLICY.budget] = policy.budget;
      rules = policy.rules;
      writeRules();
      bpfChecked(libbpf().update(fds.transitions, first, policy.transitions, 0n), "write the state tables");
      writePolicy();
    },
    injectBy(ifindex) {
      value[POLICY.injection] = ifindex;
      writePolicy();
    },
    mend(now) {
      links = now;
      writeRules();
    },
  };
}

function encodeRule(rule: MarkRule, links: ReadonlyMap<string, Link>): Buffer {
  const { source, destination } = rule;
  const value = Buffer.alloc(RULE.size);
  for (const [prefix, address, mask] of [
    [source, RULE.source, RULE.sourceMask],
    [destination, RULE.destination, RULE.destinationMask],
  ] as const) {
    if (!prefix) continue;
    writeMapped(value, address, prefix.address);
    writeMappedMask(value, mask, prefix.family, prefix.bits);
  }
  value.writeUInt32LE(rule.mark, RULE.mark);
  const isAnywhere = rule.interface === undefined;
  value.writeUInt32LE(isAnywhere ? 0 : (links.get(rule.interface!)?.index ?? NO_INTERFACE), RULE.ifindex);
  value.writeUInt16LE(rule.sourcePorts[0], RULE.sourceFirst);
  value.writeUInt16LE(rule.sourcePorts[1], RULE.sourceLast);
  value.writeUInt16LE(rule.destinationPorts[0], RULE.destinationFirst);
  value.writeUInt16LE(rule.destinationPorts[1], RULE.destinationLast);
  value[RULE.protocol] = rule.protocol;
  value[RULE.family] = (source ?? destination)?.family ?? 0;
  return value;
}
