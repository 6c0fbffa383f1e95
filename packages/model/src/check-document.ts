/** Rules across the parts of a document. They look at every part that is well-formed in itself, so that one mistake does not hide the next. */
import { destinationsLimit, MAX_DESTINATIONS } from "./destination-spec.ts";
import { checkMarkRules } from "./mark-rules.ts";
import { MAX_MARK_RULES, MarkRuleSpec } from "./mark-spec.ts";
import { at, type Refuse } from "./rule.ts";
import { checkService } from "./service-rules.ts";
import {
  MAX_CLIENT_PREFIXES,
  prefixesLimit,
  ServiceSpec,
  serviceKey,
  virtualAddressesOf,
} from "./service-spec.ts";

/** What the service maps of the fast path hold: every service with an address of its own, every destination of two entries. */
export const MAX_SERVICES = 32_768;

/** Tell what is wrong with what claims to be a document. Never throws, whatever it is. */
export function checkDocument(document: unknown, refuse: Refuse): void {
  const { services, marks } = Object(document) as { services: unknown; marks: unknown };
  checkMarkRules(wellFormed(marks, MarkRuleSpec, MAX_MARK_RULES), at(refuse, "marks"));
  checkServices(wellFormed(services, ServiceSpec, MAX_SERVICES), at(refuse, "services"));
}

type Schema<T> = { safeParse(value: unknown): { data?: T | undefined } };

/** What is well-formed in a list, at its place; nothing of one that is too long: that is said already, and each look costs the thread that beats for VRRP. */
function wellFormed<T>(list: unknown, schema: Schema<T>, max: number): Map<number, T> {
  if (!Array.isArray(list) || list.length > max) return new Map();
  return new Map(
    list.flatMap((candidate, i) => {
      const { data } = schema.safeParse(candidate);
      return data === undefined ? [] : [[i, data]];
    }),
  );
}

function checkServices(services: ReadonlyMap<number, ServiceSpec>, refuse: Refuse): void {
  const all = [...services.values()];
  const virtualAddresses = virtualAddressesOf(all);
  const seen = new Set<string>();
  for (const [i, service] of services) {
    const key = serviceKey(service);
    if (seen.has(key)) refuse([i], `service "${key}" stands here twice, wanted once`);
    seen.add(key);
    checkService(service, at(refuse, i), virtualAddresses);
  }
  if (sum(all, (s) => s.destinations.length) > MAX_DESTINATIONS) refuse([], destinationsLimit.error);
  if (sum(all, (s) => s.allow.length + s.deny.length) > MAX_CLIENT_PREFIXES) refuse([], prefixesLimit.error);
}

const sum = <T>(all: readonly T[], of: (each: T) => number): number =>
  all.reduce((n, each) => n + of(each), 0);
