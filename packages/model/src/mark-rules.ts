/** Rules across the fields of classifier rules, and across the list. */
import { familyOf } from "./address.ts";
import { type MarkRuleSpec, portsIn } from "./mark-spec.ts";
import { containsPrefix, parsePrefix } from "./prefix.ts";
import type { Refuse } from "./rule.ts";

/** Tell what is wrong with rules that are well-formed in each of their fields, by their place in the list. */
export function checkMarkRules(rules: ReadonlyMap<number, MarkRuleSpec>, refuse: Refuse): void {
  const earlier: [number, MarkRuleSpec][] = [];
  for (const [i, rule] of rules) {
    const { source, destination } = rule;
    if (source && destination && familyOf(source) !== familyOf(destination))
      refuse(
        [i, "destination"],
        `"${destination}" is IPv${familyOf(destination)}, wanted IPv${familyOf(source)} as the source`,
      );
    const [first] = earlier.find(([, e]) => covers(e, rule)) ?? [];
    if (first !== undefined)
      refuse([i], `marks[${first}] matches all of its packets first, wanted the narrower rule above`);
    earlier.push([i, rule]);
  }
}

/** Whether `wide` matches every packet that `narrow` does. */
function covers(wide: MarkRuleSpec, narrow: MarkRuleSpec): boolean {
  const names = Object.keys(COVERS) as (keyof typeof COVERS)[];
  return names.every((name) => {
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
