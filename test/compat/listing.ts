/** Our services in the lines of `ipvsadm -Ln`, with single spaces: what a listing says, not how it looks. */
import { familyOf, formatAddress, formatEndpoint, maskBytes, type ServiceSpec } from "@tandem/model";
import type { ListView, ServiceTarget } from "../../packages/cli/src/ipvsadm/command.ts";
import type { CountedDestination, Director } from "./director.ts";

const FORWARDS: Readonly<Record<string, string>> = {
  masquerade: "Masq",
  local: "Local",
  tunnel: "Tunnel",
  "direct-route": "Route",
};

/** Lines of a recorded listing that speak of services and real servers, without its headers and with single spaces. */
export function readListing(text: string, view: ListView): string[] {
  const lines = text.split("\n").map((line) => line.trim().replace(/\s+/g, " "));
  const rows = lines.filter((line) => line !== "" && !/^(IP Virtual|Prot |-> RemoteAddress)/.test(line));
  // the kernel's counters and rates follow its estimator, every two seconds: only what is counted is compared
  return view.stats || view.rate ? rows.map(withoutNumbers) : rows;
}

const withoutNumbers = (line: string): string => line.replace(/( [\d.]+[KMGT]?){5}$/, "");

/** The same of ours. */
export function listServices(director: Director, view: ListView, service?: ServiceTarget): string[] {
  const counts = director.destinations();
  const shown = director.spec.services.filter((s) => service === undefined || isTarget(s, service));
  return shown.flatMap((s) => [
    serviceLine(s, view),
    ...s.destinations.map((d) => {
      const port = d.port ?? s.port;
      const counted = counts.find(
        (c) => c.address === d.address && c.port === port && c.service === serviceName(s),
      );
      return `-> ${formatEndpoint(d.address, port)}${columns(s, d, counted, view)}`;
    }),
  ]);
}

/** Names a service across `listServices` and `Director.destinations`. */
export const serviceName = (s: Pick<ServiceSpec, "protocol" | "address" | "port" | "mark">): string =>
  `${s.protocol} ${s.address} ${s.port} ${s.mark ?? 0}`;

function isTarget(s: ServiceSpec, target: ServiceTarget): boolean {
  if ("mark" in target) return s.mark === target.mark && familyOf(s.address) === target.family;
  return s.protocol === target.protocol && s.address === target.address && s.port === target.port;
}

function serviceLine(s: ServiceSpec, view: ListView): string {
  const name =
    s.mark === undefined
      ? `${s.protocol.toUpperCase()} ${formatEndpoint(s.address, s.port)}`
      : `FWM ${s.mark}${familyOf(s.address) === 6 ? " IPv6" : ""}`;
  if (view.stats || view.rate) return name;
  const flags = s.schedulerFlags.map((flag) => `${s.scheduler}-${flag}`).toSorted();
  const text = flags.length > 0 ? ` (${flags.join(",")})` : "";
  return `${name} ${s.scheduler}${text}${persistenceText(s)}${s.onePacket ? " ops" : ""}`;
}

function persistenceText({ persistence: p, address }: ServiceSpec): string {
  if (!p) return "";
  const mask =
    familyOf(address) === 6
      ? String(p.prefix)
      : formatAddress(maskBytes(new Uint8Array(4).fill(255), p.prefix ?? 32));
  return ` persistent ${p.timeout}${p.prefix === undefined ? "" : ` mask ${mask}`}${p.engine ? ` pe ${p.engine}` : ""}`;
}

type Destination = ServiceSpec["destinations"][number];

function columns(
  s: ServiceSpec,
  d: Destination,
  counted: CountedDestination | undefined,
  view: ListView,
): string {
  if (view.stats || view.rate) return "";
  const connections = `${counted?.activeConnections ?? 0} ${counted?.inactiveConnections ?? 0}`;
  if (view.thresholds) return ` ${d.upperThreshold} ${d.lowerThreshold} ${connections}`;
  if (view.persistentConn) return ` ${d.weight} ${counted?.persistentConnections ?? 0} ${connections}`;
  const forward = FORWARDS[d.method ?? s.method];
  return ` ${forward}${view.tunInfo ? ` ${tunnelText(s, d)}` : ""} ${d.weight} ${connections}`;
}

const CHECKSUM_LETTERS = { none: "-c", full: "+c", remote: "r+c" } as const;

function tunnelText(s: ServiceSpec, d: Destination): string {
  if ((d.method ?? s.method) !== "tunnel") return "n/a";
  const { type, port, checksum } = d.tunnel ?? { type: "ipip", port: undefined, checksum: "none" };
  if (type === "ipip") return type;
  return `${type}:${port === undefined ? "" : `${port}:`}${CHECKSUM_LETTERS[checksum]}`;
}
