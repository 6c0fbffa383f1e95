/** From a document's settings and classifier rules to what the fast path does with packets of no flow. */
import {
  type Document,
  type MarkRuleSpec,
  PROTOCOL_NUMBERS,
  parsePrefix,
  portsIn,
  type SettingsSpec,
} from "@tandem/model";
import type { MarkRule, Policy } from "../../dataplane/dataplane.ts";
import { packTransitions } from "../../protocols/transitions.ts";
import { POLICY_FLAG } from "../layout.ts";

/** The policy of a document, with the stricter TCP table or without. Never throws. */
export function policyOf({ settings, marks }: Document, isSecure: boolean): Policy {
  return {
    flags: flagsOf(settings),
    budget: settings.sourceBudget,
    rules: marks.map(ruleOf),
    transitions: packTransitions(isSecure),
  };
}

const UNMATCHED_FLAGS = {
  drop: 0,
  forward: POLICY_FLAG.unmatchedToHost,
  refuse: POLICY_FLAG.unmatchedRefused,
} as const;

function flagsOf(s: SettingsSpec): number {
  return (
    (s.midStream === "host" ? POLICY_FLAG.midStreamToHost : 0) |
    UNMATCHED_FLAGS[s.unmatchedReply] |
    (s.scheduleIcmp ? POLICY_FLAG.scheduleIcmp : 0) |
    (s.pmtuDiscovery ? 0 : POLICY_FLAG.tunnelsFragment)
  );
}

const ANY_PORT = [0, 65_535] as const;

/** A rule as the data plane wants it. Never throws. */
export function ruleOf(rule: MarkRuleSpec): MarkRule {
  const source = rule.source === undefined ? undefined : parsePrefix(rule.source);
  const destination = rule.destination === undefined ? undefined : parsePrefix(rule.destination);
  return {
    mark: rule.mark,
    protocol: rule.protocol === undefined ? 0 : PROTOCOL_NUMBERS[rule.protocol],
    ...(source && { source }),
    ...(destination && { destination }),
    sourcePorts: rule.sourcePorts === undefined ? ANY_PORT : portsIn(rule.sourcePorts),
    destinationPorts: rule.destinationPorts === undefined ? ANY_PORT : portsIn(rule.destinationPorts),
    ...(rule.interface !== undefined && { interface: rule.interface }),
  };
}
