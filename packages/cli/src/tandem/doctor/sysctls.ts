/** Kernel settings under /proc/sys, those of every interface included. */
import type { Machine } from "./machine.ts";
import type { Finding, Patient, Verdict } from "./probe.ts";

interface Setting {
  /** Below /proc/sys; `*` stands for each interface. */
  readonly path: string;
  isGood(value: number): boolean;
  readonly otherwise: Exclude<Verdict, "ok">;
  /** What is wrong with a bad value. */
  readonly because: string;
  readonly fix: string;
  /** Matters only with an IPv6 virtual address. */
  readonly ipv6?: true;
}

const SETTINGS: readonly Setting[] = [
  {
    path: "net/ipv4/conf/*/forwarding",
    isGood: (v) => v === 1,
    otherwise: "fail",
    because: "the kernel refuses to route what comes in there",
    fix: "sysctl -w net.ipv4.ip_forward=1",
  },
  {
    path: "net/ipv6/conf/*/forwarding",
    isGood: (v) => v === 1,
    otherwise: "fail",
    because: "the kernel refuses to route what comes in there",
    fix: "sysctl -w net.ipv6.conf.all.forwarding=1",
    ipv6: true,
  },
  {
    path: "net/ipv4/conf/*/rp_filter",
    isGood: (v) => v !== 1,
    otherwise: "warn",
    because: "strict; answers to health checks that come back by another interface are dropped",
    fix: "sysctl -w net.ipv4.conf.all.rp_filter=2 (loose)",
  },
  {
    path: "net/ipv4/conf/*/send_redirects",
    isGood: (v) => v === 0,
    otherwise: "warn",
    because: "where both sides share an interface, hosts may be told to go around the director",
    fix: "sysctl -w net.ipv4.conf.all.send_redirects=0, then the same for each interface",
  },
  {
    path: "net/core/bpf_jit_enable",
    isGood: (v) => v >= 1,
    otherwise: "warn",
    because: "the fast path is interpreted, several times slower",
    fix: "sysctl -w net.core.bpf_jit_enable=1",
  },
];

/** One finding per setting; one that is per interface names those where it is not good. */
export function probeSysctls(patient: Patient): Finding[] {
  const hasIpv6 = patient.virtualAddresses.some((address) => address.includes(":"));
  return SETTINGS.filter((setting) => !setting.ipv6 || hasIpv6).map((setting) => examine(setting, patient));
}

function examine(setting: Setting, patient: Patient): Finding {
  const check = setting.path.replaceAll("/", ".");
  const values = valuesOf(setting.path, patient);
  if (values.length === 0)
    return { check, verdict: "ok", found: "cannot be seen from this network namespace" };
  const bad = values.filter(({ value }) => !setting.isGood(value));
  if (bad.length === 0) return { check, verdict: "ok", found: summary(values) };
  return {
    check,
    verdict: setting.otherwise,
    found: `${summary(bad)}: ${setting.because}`,
    fix: setting.fix,
  };
}

interface Value {
  /** The interface; empty for a setting of the whole machine. */
  readonly where: string;
  readonly value: number;
}

function valuesOf(path: string, { machine, interfaces }: Patient): Value[] {
  const [above, below] = path.split("/*/");
  const names = below === undefined ? [""] : (interfaces ?? interfacesIn(`/proc/sys/${above}`, machine));
  return names.flatMap((where) => {
    const text = machine.read(`/proc/sys/${path.replace("*", where)}`);
    return text === undefined ? [] : [{ where, value: Number(text) }];
  });
}

/** The kernel's two templates, the loopback, where nothing is forwarded, and the daemon's own pair, which it sees to itself. */
const NOT_LOOKED_AT = /^(all|default|lo|tandem-\w+)$/;
const interfacesIn = (folder: string, machine: Machine): string[] =>
  machine.list(folder).filter((name) => !NOT_LOOKED_AT.test(name));

/** `1 on eth0, eth1` or `1`. */
function summary(values: readonly Value[]): string {
  const byValue = Map.groupBy(values, ({ value }) => value);
  return [...byValue]
    .map(([value, at]) => [value, at.map(({ where }) => where).join(", ")] as const)
    .map(([value, where]) => (where === "" ? String(value) : `${value} on ${where}`))
    .join("; ");
}
