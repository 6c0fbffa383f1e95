/**
 * What the kernel keeps under /proc/sys/net/ipv4/vs, as edits of the document: the table behind docs/tandem-and-ipvs.md. A service option stands in for a
 * setting that the kernel has once for all services.
 */
import type { DocumentSpec, ServiceSpec, SettingsSpec } from "@tandem/model";

/** One setting of the kernel. */
export interface Sysctl {
  /** The kernel's default. */
  readonly initial: number;
  /** What stands for it here; the docs repeat it. */
  readonly ours: string;
  /** The document with the setting at `value`; absent where there is nothing to set. */
  readonly apply?: (document: DocumentSpec, value: number) => DocumentSpec;
}

const setting =
  (change: (value: number) => Partial<SettingsSpec>) =>
  (document: DocumentSpec, value: number): DocumentSpec => ({
    ...document,
    settings: { ...document.settings, ...change(value) },
  });

const services =
  (change: (value: number, service: ServiceSpec) => Partial<ServiceSpec>) =>
  (document: DocumentSpec, value: number): DocumentSpec => ({
    ...document,
    services: document.services.map((s) => ({ ...s, ...change(value, s) })),
  });

/** The kernel's four modes: 1 and 2 are both "automatic", idle and engaged. */
const defence = (value: number): "off" | "auto" | "on" => (value === 0 ? "off" : value === 3 ? "on" : "auto");
const reuse = (value: number): SettingsSpec["reuse"] =>
  value === 0 ? "never" : (value & 2) !== 0 ? "one-way" : "closed";

/** By name under net.ipv4.vs, but for those of the sync daemons and of estimator threads, which are not here. */
export const SYSCTLS: Readonly<Record<string, Sysctl>> = {
  am_droprate: {
    initial: 10,
    ours: "settings.dropRate",
    apply: setting((v) => ({ dropRate: Math.max(v, 1) })),
  },
  amemthresh: { initial: 1024, ours: "nothing: auto looks at the connection table, not at free memory" },
  backup_only: { initial: 0, ours: "nothing: a standby forwards what reaches it" },
  cache_bypass: {
    initial: 0,
    ours: "settings.cacheBypass",
    apply: setting((v) => ({ cacheBypass: v !== 0 })),
  },
  conn_reuse_mode: {
    initial: 1,
    ours: "settings.reuse: 0 never, 1 closed, with bit 2 one-way",
    apply: setting((v) => ({ reuse: reuse(v) })),
  },
  conntrack: { initial: 0, ours: "nothing: packets never meet netfilter" },
  drop_entry: {
    initial: 0,
    ours: "settings.dropEntry: 0 off, 1 and 2 auto, 3 on",
    apply: setting((v) => ({ dropEntry: defence(v) })),
  },
  drop_packet: {
    initial: 0,
    ours: "settings.dropPacket: 0 off, 1 and 2 auto, 3 on",
    apply: setting((v) => ({ dropPacket: defence(v) })),
  },
  expire_nodest_conn: {
    initial: 0,
    ours: "services[].whenRemoved: 0 drop, 1 expire; settings.rescheduleQuiesced",
    apply: (document, value) =>
      services((v) => ({ whenRemoved: v === 0 ? "drop" : "expire" }))(
        setting((v) => ({ rescheduleQuiesced: v !== 0 }))(document, value),
        value,
      ),
  },
  expire_quiescent_template: {
    initial: 0,
    ours: "settings.expireQuiescentTemplate",
    apply: setting((v) => ({ expireQuiescentTemplate: v !== 0 })),
  },
  ignore_tunneled: { initial: 0, ours: "nothing: a packet is looked at once, on its way in" },
  lblc_expiration: {
    initial: 86_400,
    ours: "settings.cacheSeconds",
    apply: setting((v) => ({ cacheSeconds: Math.max(v, 1) })),
  },
  lblcr_expiration: {
    initial: 86_400,
    ours: "settings.cacheSeconds",
    apply: setting((v) => ({ cacheSeconds: Math.max(v, 1) })),
  },
  nat_icmp_send: {
    initial: 0,
    ours: "settings.unmatchedReply: 0 forward, 1 refuse",
    apply: setting((v) => ({ unmatchedReply: v === 0 ? "forward" : "refuse" })),
  },
  pmtu_disc: {
    initial: 1,
    ours: "settings.pmtuDiscovery",
    apply: setting((v) => ({ pmtuDiscovery: v !== 0 })),
  },
  run_estimation: { initial: 1, ours: "nothing: rates cost no time on the packet path" },
  schedule_icmp: {
    initial: 0,
    ours: "settings.scheduleIcmp",
    apply: setting((v) => ({ scheduleIcmp: v !== 0 })),
  },
  secure_tcp: {
    initial: 0,
    ours: "settings.secureTcp: 0 off, 1 and 2 auto, 3 on",
    apply: setting((v) => ({ secureTcp: defence(v) })),
  },
  sloppy_tcp: {
    initial: 0,
    ours: "services[].sloppy",
    apply: services((v, s) => (s.protocol === "tcp" ? { sloppy: v !== 0 } : {})),
  },
  sloppy_sctp: {
    initial: 0,
    ours: "services[].sloppy",
    apply: services((v, s) => (s.protocol === "sctp" ? { sloppy: v !== 0 } : {})),
  },
  snat_reroute: { initial: 1, ours: "nothing: the way out is looked up for the packet as it leaves" },
};

/** The document with settings of the kernel at these values, by name; those that are not known are left out. */
export function applySysctls(document: DocumentSpec, values: Readonly<Record<string, number>>): DocumentSpec {
  let edited = document;
  for (const [name, value] of Object.entries(values))
    if (Object.hasOwn(SYSCTLS, name)) edited = SYSCTLS[name]?.apply?.(edited, value) ?? edited;
  return edited;
}
