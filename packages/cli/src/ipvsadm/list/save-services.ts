/** `-S`: services as the lines that make them again. What only documents know is not in them. */
import type { ServiceTarget } from "../command.ts";
import { formatFlags } from "./flags.ts";
import { formatEnd, type Names } from "./names.ts";
import { inOrder } from "./order.ts";
import { formatMask, hasMask } from "./service-line.ts";
import type { ListedServer, ListedService } from "./table.ts";

/** Every service and its real servers, one line each. Never throws. */
export const saveServices = (services: readonly ListedService[], names: Names): string =>
  inOrder(services, true)
    .flatMap((s) => [saveService(s, names), ...s.servers.map((d) => saveServer(d, s, names))])
    .map((line) => `${line}\n`)
    .join("");

const saveService = (s: ListedService, names: Names): string =>
  `-A ${formatTarget(s.target, names)} ${serviceOptions(s)}`;

/** `-s wlc -p 360 …`: how a service was added. */
export function serviceOptions(s: ListedService): string {
  const flags = formatFlags(s);
  const { engine } = s;
  return [
    `-s ${s.scheduler}`,
    ...(s.persistence ? [`-p ${s.persistence.timeout}`] : []),
    ...(hasMask(s.persistence) ? [`-M ${formatMask(s.target, s.persistence)}`] : []),
    ...(engine === undefined ? [] : [`--pe ${engine}`]),
    ...(s.onePacket ? ["-o"] : []),
    ...(flags === undefined ? [] : [`-b ${flags}`]),
  ].join(" ");
}

/** Switches of forwarding methods; what ipvsadm has none for is saved as the nearest. */
const SWITCHES: Readonly<Record<ListedServer["method"], string>> = {
  masquerade: "-m",
  "full-nat": "-m",
  tunnel: "-i",
  "direct-route": "-g",
  local: "-g",
};

function saveServer(d: ListedServer, { target }: ListedService, names: Names): string {
  const end = formatEnd(d, "mark" in target ? undefined : target.protocol, names);
  return `-a ${formatTarget(target, names)} -r ${end} ${serverOptions(d)}`;
}

/** `-m -w 1 …`: how a real server was added. */
export function serverOptions(d: ListedServer): string {
  const options = `${SWITCHES[d.method]} -w ${d.configuredWeight}`;
  return d.tunnel ? `${options} ${formatTunnel(d.tunnel)}` : options;
}

/** Switches of protocols. */
export const SELECTORS = { tcp: "-t", udp: "-u", sctp: "--sctp-service" } as const;

function formatTarget(target: ServiceTarget, names: Names): string {
  if ("mark" in target) return `-f ${target.mark | 0}${target.family === 6 ? " -6" : ""}`;
  return `${SELECTORS[target.protocol]} ${formatEnd(target, target.protocol, names)}`;
}

const CHECKSUMS = { none: "--tun-nocsum", full: "--tun-csum", remote: "--tun-remcsum" } as const;

function formatTunnel({ type, port, checksum }: NonNullable<ListedServer["tunnel"]>): string {
  const options = [
    `--tun-type ${type}`,
    ...(port === undefined ? [] : [`--tun-port ${port}`]),
    ...(type === "ipip" ? [] : [CHECKSUMS[checksum]]),
  ];
  return options.join(" ");
}
