/** What no single keyword can see: names used twice, references to nothing, priorities that tracking would push out of range. */
import { familyOf, LbError } from "@tandem/model";
import type { KeepalivedConfig, VrrpInstance } from "./config.ts";

/** Most addresses that one advert can name: the count is one byte (RFC 5798 §5.2.5). */
const MAX_ADVERTISED = 255;
/** Priorities that an instance can have after tracking: 0 means "stopping", 255 the address owner. keepalived would cut silently. */
const PRIORITY = { min: 1, max: 254 } as const;

/** @throws LbError `invalid_argument` naming the instance and the first thing that is wrong with it */
export function checkConfig(config: KeepalivedConfig): void {
  checkUnique(config.trackFiles, "track_file");
  checkUnique(config.scripts, "vrrp_script");
  checkUnique(config.instances, "vrrp_instance");
  for (const i of config.instances) checkInstance(config, i);
  checkNoneTwice(
    config.instances.map((i) => [`${i.interface} ${familyOfInstance(i)} ${i.virtualRouterId}`, i]),
  );
  checkAddresses(config.instances);
}

function checkInstance(config: KeepalivedConfig, i: VrrpInstance): void {
  const families = new Set(i.advertised.map((a) => familyOf(a.address)));
  if (i.advertised.length < 1 || i.advertised.length > MAX_ADVERTISED)
    throw refuse(i, "virtual_ipaddress", `${i.advertised.length} addresses`, `1–${MAX_ADVERTISED}`);
  if (families.size > 1)
    throw refuse(
      i,
      "virtual_ipaddress",
      "IPv4 and IPv6",
      "one family, the other in virtual_ipaddress_excluded",
    );
  if (i.trackInterfaces.includes(i.interface))
    throw refuse(i, "track_interface", `"${i.interface}"`, "other interfaces: its own is tracked anyway");
  checkReferences(i, "track_file", i.trackFiles, config.trackFiles);
  checkReferences(i, "track_script", i.trackScripts, config.scripts);
  checkPriorities(config, i);
}

/** Files hold 0 or 1, so each weight counts fully or not at all. */
function checkPriorities(config: KeepalivedConfig, i: VrrpInstance): void {
  const weights = config.trackFiles.filter((f) => i.trackFiles.includes(f.name)).map((f) => f.weight);
  const lowest = weights.reduce((sum, w) => sum + Math.min(w, 0), i.priority);
  const highest = weights.reduce((sum, w) => sum + Math.max(w, 0), i.priority);
  if (lowest < PRIORITY.min || highest > PRIORITY.max)
    throw refuse(
      i,
      "priority",
      `${lowest}–${highest} with its track files`,
      `${PRIORITY.min}–${PRIORITY.max}, or keepalived cuts it and order is lost`,
    );
}

function checkReferences(
  i: VrrpInstance,
  field: string,
  names: readonly string[],
  defined: readonly { readonly name: string }[],
): void {
  const missing = names.find((name) => !defined.some((d) => d.name === name));
  if (missing !== undefined) throw refuse(i, field, `"${missing}"`, `a defined ${field}`);
}

function checkUnique(named: readonly { readonly name: string }[], kind: string): void {
  const twice = named.find((n, at) => named.findIndex((other) => other.name === n.name) !== at);
  if (twice) throw new LbError({ code: "already_exists", what: kind, key: twice.name });
}

function checkNoneTwice(keys: readonly (readonly [string, VrrpInstance])[]): void {
  for (const [at, [key, i]] of keys.entries()) {
    const other = keys.slice(0, at).find(([earlier]) => earlier === key)?.[1];
    if (other)
      throw refuse(
        i,
        "virtual_router_id",
        `${i.virtualRouterId}`,
        `another than vrrp_instance "${other.name}" has`,
      );
  }
}

function checkAddresses(instances: readonly VrrpInstance[]): void {
  const owners = new Map<string, VrrpInstance>();
  for (const i of instances) {
    for (const { address } of [...i.advertised, ...i.excluded]) {
      const other = owners.get(address);
      if (other)
        throw refuse(i, "address", `"${address}"`, `one that vrrp_instance "${other.name}" does not have`);
      owners.set(address, i);
    }
  }
}

const familyOfInstance = (i: VrrpInstance) => familyOf(i.advertised[0]!.address);

const refuse = (i: VrrpInstance, field: string, got: string, want: string): LbError =>
  new LbError({ code: "invalid_argument", doing: `write vrrp_instance "${i.name}"`, field, got, want });
