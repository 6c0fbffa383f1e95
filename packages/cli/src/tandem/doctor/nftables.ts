/** Rules of nftables that mention a virtual address: found in the JSON, shown in nft's own words. */
import type { Machine } from "./machine.ts";
import { isInPrefix, isInRange, MIN_PREFIX_BITS } from "./prefix.ts";
import type { Finding } from "./probe.ts";
import { ruleFinding } from "./rule-finding.ts";

/** Tables of this name are our own. */
const OURS = /^tandem/;

interface Rule {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly handle: number;
  readonly expr: unknown;
}

interface NamedSet {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly elem?: unknown;
}

/** One finding per rule; one more if the ruleset cannot be read. */
export function probeNftables(machine: Machine, virtualAddresses: readonly string[]): Finding[] {
  const listed = machine.run("nft", "-j", "list", "ruleset");
  if (!listed) return [];
  const objects = parseRuleset(listed.output);
  if (listed.status !== 0 || !objects) {
    const found = `cannot be read: ${listed.output.split("\n")[0]}`;
    return [{ check: "firewall nftables", verdict: "warn", found, fix: "run as root" }];
  }
  const sets = objects.flatMap((o) => (o.set ? [o.set] : []));
  return objects
    .flatMap((o) => (o.rule && !OURS.test(o.rule.table) ? [o.rule] : []))
    .filter((rule) => mentions(rule.expr, virtualAddresses, setsOf(rule, sets)))
    .map((rule) => ruleFinding(`nft ${rule.family} ${rule.table} ${rule.chain}`, textOf(rule, machine)));
}

function parseRuleset(json: string): { rule?: Rule; set?: NamedSet }[] | undefined {
  try {
    const { nftables } = JSON.parse(json);
    return Array.isArray(nftables) ? nftables : undefined;
  } catch {
    return undefined;
  }
}

type Elements = ReadonlyMap<string, unknown>;

/** Elements by `@name`, of the rule's own table. */
const setsOf = (rule: Rule, sets: readonly NamedSet[]): Elements =>
  new Map(
    sets
      .filter(({ family, table }) => family === rule.family && table === rule.table)
      .map(({ name, elem }) => [`@${name}`, elem]),
  );

/** Any address, prefix, range or set anywhere in an expression that has one of the addresses in it. */
function mentions(expression: unknown, addresses: readonly string[], sets: Elements): boolean {
  if (typeof expression === "string") {
    if (sets.has(expression)) return mentions(sets.get(expression), addresses, new Map());
    return addresses.includes(expression);
  }
  if (typeof expression !== "object" || expression === null) return false;
  if ("prefix" in expression) {
    const { addr, len } = expression.prefix as { addr: string; len: number };
    return len >= MIN_PREFIX_BITS && addresses.some((address) => isInPrefix(address, addr, len));
  }
  if ("range" in expression) {
    const [first, last] = expression.range as [string, string];
    return addresses.some((address) => isInRange(address, String(first), String(last)));
  }
  return Object.values(expression).some((part) => mentions(part, addresses, sets));
}

/** The line of `nft -a` that carries the rule's handle. */
function textOf({ family, table, chain, handle }: Rule, machine: Machine): string {
  const listed = machine.run("nft", "-a", "list", "chain", family, table, chain)?.output ?? "";
  const line = listed.split("\n").find((text) => text.endsWith(`# handle ${handle}`));
  return line?.replace(/ # handle \d+$/, "").trim() ?? `handle ${handle}`;
}
