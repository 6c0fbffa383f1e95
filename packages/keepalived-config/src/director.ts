import { canonicalAddress, familyOf, LbError } from "@tandem/model";
import type { KeepalivedConfig, VirtualAddress, VrrpInstance } from "./config.ts";
import { BASE_PRIORITY, MAINTENANCE_WEIGHT, READINESS_WEIGHT } from "./election.ts";

/** What VRRP does on one director. */
export interface DirectorVrrpSpec {
  /** This director's name in keepalived's log. */
  readonly node: string;
  readonly groups: readonly VrrpGroupSpec[];
  /** Source addresses of the other directors' adverts; adverts from elsewhere are dropped. Empty: from anywhere. */
  readonly peers: readonly string[];
  /** A multiple of 10; the same on every director. Default 20. */
  readonly advertIntervalMs?: number;
  /** The same on every director. Default 6. */
  readonly downTimerAdverts?: number;
}

/** Addresses that must move together, such as the VIPs outside and the destinations' gateway inside. */
export interface VrrpGroupSpec {
  readonly name: string;
  /** Interface of the adverts. */
  readonly interface: string;
  /** 1..255, the same on every director, unique on the interface's network. */
  readonly virtualRouterId: number;
  /** 80..120, another on each director: among equally ready directors the highest owns the group. */
  readonly basePriority: number;
  readonly addresses: readonly GroupAddress[];
}

/** One address of a group. */
export interface GroupAddress {
  readonly address: string;
  /** Default 32 (IPv4) or 128 (IPv6). */
  readonly prefixLength?: number;
  /** Default: the group's. */
  readonly interface?: string;
}

/** Files between a director and its keepalived. Absolute paths of letters, digits and `. / _ - + :`. */
export interface VrrpPaths {
  readonly notifyFifo: string;
  /** `1` = ready; `0` or absent = not. */
  readonly readiness: string;
  /** `1` = in maintenance; `0` or absent = not. */
  readonly maintenance: string;
  /** Time of the last heartbeat, in hundredths of a second of `/proc/uptime`. */
  readonly heartbeat: string;
}

/**
 * Age at which a heartbeat counts as missing, in hundredths of a second. Two checks a second apart must find it so
 * (a single check can fail for want of CPU), so that FAULT comes 3 to 4 s after the last heartbeat.
 */
const HEARTBEAT_LIMIT_CS = 200;
const HEARTBEAT_FALL = 2;

/**
 * Announcements: five at once at a takeover, five more a second later for whoever lost the first, then one a minute
 * for switches that forget.
 */
const ANNOUNCE = { announceAgainAfterS: 1, announceCount: 5, announceEveryS: 60 } as const;

/**
 * The keepalived configuration of a director: one instance per group, readiness and maintenance as track files, the
 * heartbeat as a script.
 *
 * Only a group's first address is advertised. keepalived ignores adverts whose list differs from its own, so with every address in
 * the list two directors would both be MASTER while an added address reaches one after the other.
 *
 * @throws LbError `invalid_argument` for a group without addresses, a base priority out of range, or an unusable address or path
 * @see DESIGN.md §6; keepalived 2.2.7, keepalived.conf(5)
 */
export function directorVrrpConfig(spec: DirectorVrrpSpec, paths: VrrpPaths): KeepalivedConfig {
  return {
    globals: {
      routerId: spec.node,
      scriptUser: "root",
      hasScriptSecurity: true,
      vrrpVersion: 3,
      awaitsInterfaces: true,
      notifyFifo: paths.notifyFifo,
      ...ANNOUNCE,
      processPriority: -20, // not real-time: see docs/adr/0006-vrrp-timing.md
    },
    trackFiles: [
      { name: "readiness", file: paths.readiness, weight: READINESS_WEIGHT },
      { name: "maintenance", file: paths.maintenance, weight: MAINTENANCE_WEIGHT },
    ],
    scripts: [
      {
        name: "heartbeat",
        command: heartbeatCheck(paths.heartbeat),
        intervalS: 1,
        rise: 1,
        fall: HEARTBEAT_FALL,
        startsFailed: true,
      },
    ],
    instances: spec.groups.map((group) => instanceOf(spec, group)),
  };
}

function instanceOf(spec: DirectorVrrpSpec, group: VrrpGroupSpec): VrrpInstance {
  const addresses = groupAddresses(group);
  const { min, max } = BASE_PRIORITY;
  if (!(group.basePriority >= min && group.basePriority <= max))
    throw refuse(group, "base priority", String(group.basePriority), `${min}–${max}`);
  return {
    name: group.name,
    initialState: "BACKUP",
    interface: group.interface,
    virtualRouterId: group.virtualRouterId,
    priority: group.basePriority,
    advertIntervalMs: spec.advertIntervalMs ?? 20,
    downTimerAdverts: spec.downTimerAdverts ?? 6,
    advertised: addresses.slice(0, 1),
    excluded: addresses.slice(1),
    trackInterfaces: [...new Set(addresses.map((a) => a.interface))].filter((i) => i !== group.interface),
    trackFiles: ["readiness", "maintenance"],
    trackScripts: ["heartbeat"],
  };
}

/**
 * The addresses of a group as they appear on interfaces: canonical, with prefix length, the advertised one first.
 *
 * @throws LbError `invalid_argument` for an address or a prefix length that is none, or no address at all
 */
export function groupAddresses(group: VrrpGroupSpec): VirtualAddress[] {
  if (group.addresses.length === 0) throw refuse(group, "addresses", "empty", "at least one");
  return group.addresses.map((a) => {
    const text = canonicalAddress(a.address);
    if (text === undefined) throw refuse(group, "address", `"${a.address}"`, "an IPv4 or IPv6 address");
    const bits = familyOf(text) === 4 ? 32 : 128;
    const prefix = a.prefixLength ?? bits;
    if (!Number.isInteger(prefix) || prefix < 1 || prefix > bits)
      throw refuse(group, `prefix length of "${text}"`, String(prefix), `1–${bits}`);
    return { address: `${text}/${prefix}`, interface: a.interface ?? group.interface };
  });
}

/**
 * A shell command that fails when the heartbeat is missing, too old or from another boot. Built-ins only: one process, about
 * a millisecond. Both times are of the kernel's uptime, so a step of the wall clock is no failover.
 */
function heartbeatCheck(file: string): string {
  if (!/^\/[\w./+:-]+$/.test(file))
    throw new LbError({
      code: "invalid_argument",
      doing: "write the heartbeat check",
      field: "path",
      got: `"${file}"`,
      want: "an absolute path of letters, digits and . / _ - + :",
    });
  const age = `age=$((\${up%.*}\${up#*.} - beat))`; // "12.34" becomes 1234
  const steps = [
    `read -r beat <${file}`,
    "read -r up _ </proc/uptime",
    age,
    "[ $age -ge 0 ]",
    `[ $age -le ${HEARTBEAT_LIMIT_CS} ]`,
  ];
  return `/bin/sh -c '${steps.join(" && ")}'`;
}

const refuse = (group: VrrpGroupSpec, field: string, got: string, want: string): LbError =>
  new LbError({ code: "invalid_argument", doing: `set up VRRP group "${group.name}"`, field, got, want });
