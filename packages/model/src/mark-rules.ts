/** Rules across the fields of classifier rules, and across the list. */
import { familyOf } from "./address.ts";
import { type MarkRuleSpec, portsIn } from "./mark-spec.ts";
import { containsPrefix, parsePrefix } from "./prefix.ts";
import type { Path } from "./refused.ts";
import { askRules, type Findings, rulesOf, within } from "./rule.ts";

const rule = rulesOf<MarkRuleSpec>();

const MARK_RULES = [
  rule(
    "destination",
    ["source"],
    ({ source, destination }) =>
      source !== undefined &&
      destination !== undefined &&
      familyOf(source) !== familyOf(destination) &&
      `"${destination}" is IPv${familyOf(destination)}, wanted IPv${familyOf(source)} as the source`,
  ),
];

/** Tell what is wrong with the rules at `path`. */
export function checkMarkRules(rules: readonly MarkRuleSpec[], path: Path, findings: Findings): void {
  const earlier: [number, MarkRuleSpec][] = [];
  for (const [i, candidate] of rules.entries()) {
    const where = within([...path, i]);
    askRules(MARK_RULES, candidate, { where, findings });
    if (!ASKED.every((field) => findings.isSound(field, where))) continue;
    const [first] = earlier.find(([, e]) => covers(e, candidate)) ?? [];
    if (first !== undefined)
      findings.refuse(
        [...path, i],
        `marks[${first}] matches all of its packets first, wanted the narrower rule above`,
      );
    earlier.push([i, candidate]);
  }
}

/** Whether `wide` matches every packet that `narrow` does. */
function covers(wide: MarkRuleSpec, narrow: MarkRuleSpec): boolean {
  return ASKED.every((name) => {
    const [w, n] = [wide[name], narrow[name]];
    return w === undefined || (n !== undefined && COVERS[name](w, n));
  });
}

const prefixCovers = (wide: string, narrow: string): boolean =>
  containsPrefix(parsePrefix(wide)!, parsePrefix(narrow)!);

function portsCover(wide: string, narrow: string): boolean {
  const [[from, to], [first, last]] = [portsIn(wide), portsIn(narrow)];
  return from <= first && last <= to;
}

const isSame = (wide: string, narrow: string): boolean => wide === narrow;

/** Everything that a rule can ask of a packet. */
const COVERS = {
  protocol: isSame,
  source: prefixCovers,
  destination: prefixCovers,
  sourcePorts: portsCover,
  destinationPorts: portsCover,
  interface: isSame,
} satisfies Record<Exclude<keyof MarkRuleSpec, "mark">, (wide: string, narrow: string) => boolean>;

const ASKED = Object.keys(COVERS) as (keyof typeof COVERS)[];
