/** A document as lines for `ipvsadm -R` of the kernel's own tool, and what these cannot say. Pure. */
import {
  DEFAULT_SETTINGS,
  type DocumentSpec,
  formatEndpoint,
  PROFILES,
  ServiceSpec,
  serviceKey,
} from "@tandem/model";
import type { ServiceTarget } from "../ipvsadm/command.ts";
import { SELECTORS, serverOptions, serviceOptions } from "../ipvsadm/list/save-services.ts";
import type { ListedServer } from "../ipvsadm/list/table.ts";
import { tableOf } from "../ipvsadm/table-of.ts";

/** Every service and its real servers, one line each, the last of a service first: the kernel puts each new one in front. Never throws. */
export function exportLines({ services, settings }: DocumentSpec): string {
  const lines = tableOf(services, []).flatMap((s) => {
    const target = formatTarget(s.target);
    const servers = s.servers.toReversed().map((d) => `-a ${target} -r ${formatServer(d)}`);
    return [`-A ${target} ${serviceOptions(s)}`, ...servers];
  });
  return [...timeoutLine(settings), ...lines].map((line) => `${line}\n`).join("");
}

function formatTarget(target: ServiceTarget): string {
  if ("mark" in target) return `-f ${target.mark}${target.family === 6 ? " -6" : ""}`;
  return `${SELECTORS[target.protocol]} ${formatEndpoint(target.address, target.port)}`;
}

function formatServer(d: ListedServer): string {
  const limits = [
    ...(d.upperThreshold > 0 ? [`-x ${d.upperThreshold}`] : []),
    ...(d.lowerThreshold > 0 ? [`-y ${d.lowerThreshold}`] : []),
  ];
  const options = serverOptions({ ...d, configuredWeight: d.effectiveWeight }); // 0 of a drained one
  return [formatEndpoint(d.address, d.port), options, ...limits].join(" ");
}

/** `-R` is for services alone: timeouts are a command of their own. */
function timeoutLine({ timeouts: { tcp, udp } }: DocumentSpec["settings"]): string[] {
  const values = [tcp?.established, tcp?.finWait, udp?.lasting];
  if (values.every((value) => value === undefined)) return [];
  return [`# ipvsadm --set ${values.map((value) => Math.ceil(value ?? 0)).join(" ")}`];
}

/** Fields of a service that lines of ipvsadm say, or that say nothing without the others. */
const SAID: ReadonlySet<string> = new Set<keyof ServiceSpec>([
  ...(["protocol", "address", "port", "mark", "scheduler", "schedulerFlags"] as const),
  ...(["unusedFlags", "unusedEngine", "onePacket", "persistence", "method", "tunnel"] as const),
  ...(["destinations", "whenDown", "whenRemoved"] as const),
]);
/** Methods that the kernel has not, and what is written for them. */
const NEAREST: Readonly<Partial<Record<ListedServer["method"], string>>> = {
  "full-nat": "-m",
  local: "-g",
};

/** What a document says and its lines do not, a sentence each. Never throws. */
export function unsaid({ services, settings, marks }: DocumentSpec): string[] {
  const defaults = ServiceSpec.parse({});
  const kernels = new Set(differing(settings, { ...DEFAULT_SETTINGS, ...PROFILES.lvs.settings }));
  const others = differing(settings, DEFAULT_SETTINGS).filter(
    (name) => name !== "profile" && kernels.has(name),
  );
  return [
    ...(marks.length > 0 ? ["rules of marks are left out: iptables or nftables have to give them"] : []),
    ...leftOut("settings", others, SETTINGS_ELSEWHERE),
    ...services.flatMap((s) => [
      ...leftOut(
        serviceKey(s),
        differing(s, defaults).filter((name) => !SAID.has(name)),
        "",
      ),
      ...methodsOf(s).flatMap((method) =>
        NEAREST[method]
          ? [`${serviceKey(s)}: ${method} is written as ${NEAREST[method]}, the nearest that there is`]
          : [],
      ),
      ...s.destinations
        .filter((d) => d.drain && d.weight > 0)
        .map(
          (d) =>
            `${serviceKey(s)}: ${d.address} is drained, so its weight is written as 0 instead of ${d.weight}`,
        ),
    ]),
  ];
}

const SETTINGS_ELSEWHERE = ": the kernel has most of them as net.ipv4.vs.*, and timeouts in ipvsadm --set";

const leftOut = (where: string, names: readonly string[], elsewhere: string): string[] =>
  names.length > 0
    ? [`${where}: ${names.join(", ")} ${names.length > 1 ? "are" : "is"} left out${elsewhere}`]
    : [];

const differing = (value: object, defaults: object): string[] =>
  Object.entries(value)
    .filter(
      ([name, field]) =>
        JSON.stringify(field) !== JSON.stringify((defaults as Record<string, unknown>)[name]),
    )
    .map(([name]) => name);

const methodsOf = (s: ServiceSpec): ListedServer["method"][] => [
  ...new Set(s.destinations.map((d) => d.listedAs ?? d.method ?? s.method)),
];
