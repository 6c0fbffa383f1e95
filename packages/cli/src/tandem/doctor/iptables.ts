/** Rules of the old iptables that mention a virtual address. Those of its newer kind are nftables rules, and found there. */
import type { Machine } from "./machine.ts";
import { isInPrefix, MIN_PREFIX_BITS } from "./prefix.ts";
import type { Finding } from "./probe.ts";
import { ruleFinding } from "./rule-finding.ts";

const PROGRAMS = ["iptables-save", "ip6tables-save", "iptables-legacy-save", "ip6tables-legacy-save"];

/** One finding per rule. */
export function probeIptables(machine: Machine, virtualAddresses: readonly string[]): Finding[] {
  const lines = PROGRAMS.filter((program) => isOld(machine, program)).flatMap(
    (program) => machine.run(program)?.output.split("\n") ?? [],
  );
  return [...new Set(lines)]
    .filter((line) => line.startsWith("-A ") && mentions(line, virtualAddresses))
    .map((line) => ruleFinding(`iptables ${line.split(" ")[1]}`, line));
}

function isOld(machine: Machine, program: string): boolean {
  const version = machine.run(program, "--version");
  return version !== undefined && !version.output.includes("nf_tables");
}

function mentions(rule: string, addresses: readonly string[]): boolean {
  const places = [...rule.matchAll(/(?:-d|-s|--to-destination|--to-source) (\S+)/g)].map((m) => m[1]!);
  return places.some((place) => {
    const [network = "", bits] = withoutPort(place).split("/");
    const fits = (address: string) =>
      bits === undefined ? address === network : isInPrefix(address, network, Number(bits));
    return Number(bits ?? 128) >= MIN_PREFIX_BITS && addresses.some(fits);
  });
}

/** `[2001:db8::1]:80` and `192.0.2.1:80-90` as addresses. */
const withoutPort = (place: string): string =>
  place.replace(/^\[(.*)\].*$/, "$1").replace(/^([\d.]+):.*$/, "$1");
