/** `tandem services`: what runs, where it goes, and why a weight is what it is. */
import type { DestinationStatus, ServiceStatus, Traffic } from "@tandem/engine/client";
import { formatEndpoint, serviceKey } from "@tandem/model";
import { answersOf, type Said } from "../../listing/gather.ts";
import { mergeServices, type NodeServices } from "../../listing/merge-services.ts";
import { ALL_NODES, askAllNodes } from "../all-nodes.ts";
import { type Answer, type Command, EXIT, type World, withDaemon } from "../command.ts";
import {
  type Cell,
  type Column,
  formatBytes,
  formatCount,
  formatTable,
  type Paint,
  wrap,
} from "../format.ts";

interface Options {
  readonly rates?: boolean;
  readonly allNodes?: boolean;
}

export const services: Command<Options> = {
  options: [
    { flags: "--rates", help: "show traffic per second, averaged over some seconds, instead of totals" },
    ALL_NODES,
  ],
  examples: [
    ["services", "everything, with totals since the service was created, or last zeroed (`ipvsadm -Z`)"],
    ["services --rates", "what is going on right now"],
    ["services --all-nodes", "traffic of all directors together, then of each"],
    ["services --json", "for scripts; weights, health and every counter"],
  ],
  async run({ options: { rates: areRates = false, allNodes } }, world) {
    if (allNodes) return listAll(world, areRates);
    const listed = await withDaemon(world, (node) => node.services());
    return { json: listed, text: (paint) => formatServices(listed, areRates, paint) };
  },
};

async function listAll(world: World, areRates: boolean): Promise<Answer> {
  const { said } = await askAllNodes(world, (node) => node.services());
  const nodes = answersOf(said);
  const merged = mergeServices(nodes);
  return {
    json: servicesAsData(said, merged),
    text: (paint) => `${formatServices(merged, areRates, paint)}\n${formatByNode(nodes, areRates, paint)}`,
    exitCode: nodes.length === said.length ? EXIT.ok : EXIT.failed,
  };
}

/** As data: every node with what it said, and all of it together. */
function servicesAsData(said: readonly Said<readonly ServiceStatus[]>[], merged: readonly ServiceStatus[]) {
  const nodes = said.map((each) =>
    "failure" in each
      ? { node: each.node, error: { ...each.failure.failure, message: each.failure.message } }
      : { node: each.node, services: each.answer },
  );
  return { services: merged, nodes };
}

/** A service's line for each node. */
function formatByNode(nodes: readonly NodeServices[], areRates: boolean, paint: Paint): string {
  const columns = [{ title: "NODE" }, { title: "SERVICE", least: 24 }, ...countColumns(areRates)];
  const rows = nodes.flatMap(({ node, answer }) =>
    answer.map((s): Cell[] => [node, serviceKey(s), ...countCells(s, areRates ? s.rates : s.traffic)]),
  );
  return formatTable(columns, rows, paint);
}

/** One table for all, so that columns line up. Traffic is in totals, or per second. */
export function formatServices(listed: readonly ServiceStatus[], areRates: boolean, paint: Paint): string {
  if (listed.length === 0) return "No services: the document has none.\n";
  const columns: Column[] = [
    { title: "SERVICE/DESTINATION", least: 24 },
    { title: "SCHEDULER/METHOD", yields: 3 },
    { title: "OPTIONS", least: 12, yields: 6 },
    right("WEIGHT"),
    { title: "HEALTH" },
    ...countColumns(areRates),
    { title: "WHY", least: 20 },
  ];
  const isNarrow = paint.width < NARROW;
  const shown = (of: { traffic: Traffic; rates: Traffic }) => (areRates ? of.rates : of.traffic);
  return formatTable(
    columns,
    listed.flatMap((s) => [
      serviceRow(s, shown(s)),
      ...s.destinations.flatMap((d) => {
        const row = destinationRow(d, shown(d));
        return isNarrow ? [row, ...whyBelow(d, paint)] : [[...row, d.why]];
      }),
    ]),
    paint,
  );
}

/** In fewer characters why stands below its destination: beside it, it would leave no room for the traffic. */
const NARROW = 100;

const whyBelow = ({ why }: DestinationStatus, { width }: Paint): string[] =>
  why === "" ? [] : [wrap(`    ${why}`, width, 4).trimEnd()];

const right = (title: string, yields?: number): Column => ({
  title,
  align: "right",
  ...(yields !== undefined && { yields }),
});

const countColumns = (areRates: boolean): Column[] => [
  right("ACTIVE"),
  right("INACTIVE", 4),
  right("PERSISTENT", 5),
  right(areRates ? "NEW/S" : "TOTAL", 2),
  right(areRates ? "IN/S" : "IN", 1),
  right(areRates ? "OUT/S" : "OUT", 1),
];

const countCells = ({ destinations }: ServiceStatus, traffic: Traffic): Cell[] => [
  formatCount(sum(destinations, (d) => d.activeConnections)),
  formatCount(sum(destinations, (d) => d.inactiveConnections)),
  formatSome(sum(destinations, (d) => d.persistentConnections)),
  ...trafficCells(traffic),
];

function serviceRow(s: ServiceStatus, traffic: Traffic): Cell[] {
  const configured = s.destinations.filter((d) => !d.removed);
  const usable = configured.filter((d) => d.effectiveWeight > 0 && !d.overloaded).length;
  const all = configured.length;
  const health: Cell =
    usable === 0
      ? ["bad", `0 of ${all}`]
      : usable < all
        ? ["warn", `${usable} of ${all}`]
        : `${usable} of ${all}`;
  return [["strong", serviceKey(s)], s.scheduler, serviceOptions(s), "", health, ...countCells(s, traffic)];
}

function destinationRow(d: DestinationStatus, traffic: Traffic): Cell[] {
  return [
    `  ${formatEndpoint(d.address, d.port)}`,
    d.method,
    destinationOptions(d),
    weightCell(d),
    healthCell(d),
    formatCount(d.activeConnections),
    formatCount(d.inactiveConnections),
    formatSome(d.persistentConnections),
    ...trafficCells(traffic),
  ];
}

const HEALTH = {
  up: ["good", "up"],
  down: ["bad", "DOWN"],
  unchecked: ["faint", "unchecked"],
} as const satisfies Record<DestinationStatus["health"], Cell>;

const REMOVED = ["faint", "removed"] as const;

/** Its health, and what else keeps connections from it. */
function healthCell({ health, overloaded, held, removed }: DestinationStatus): Cell {
  const [tone, text] = removed ? REMOVED : HEALTH[health];
  if (held) return [tone, `${text}, held`];
  return overloaded ? ["warn", `${text}, overloaded`] : [tone, text];
}

/** `persistent 360 s by /24, one-packet`. */
function serviceOptions({ schedulerFlags, persistence, onePacket, helper }: ServiceStatus): string {
  const { timeout, prefix, mask, engine } = persistence ?? {};
  const by = engine ?? (prefix === undefined ? mask : `/${prefix}`);
  return [
    ...schedulerFlags,
    ...(persistence ? [`persistent ${timeout} s${by === undefined ? "" : ` by ${by}`}`] : []),
    ...(onePacket ? ["one-packet"] : []),
    ...(helper === undefined ? [] : [helper]),
  ].join(", ");
}

/** `gue 6080 checksum remote, at most 9`. */
function destinationOptions({ tunnel, upperThreshold, lowerThreshold }: DestinationStatus): string {
  const { type, port, checksum = "none" } = tunnel ?? {};
  const again = lowerThreshold > 0 ? `, again below ${formatCount(lowerThreshold)}` : "";
  return [
    ...(tunnel
      ? [
          [
            type,
            ...(port === undefined ? [] : [port]),
            ...(checksum === "none" ? [] : ["checksum", checksum]),
          ].join(" "),
        ]
      : []),
    ...(upperThreshold > 0 ? [`at most ${formatCount(upperThreshold)}${again}`] : []),
  ].join(", ");
}

/** Nothing where there is none, so that a table without any has no such column. */
const formatSome = (n: number): string => (n === 0 ? "" : formatCount(n));

/** What the scheduler sees, and beside it what was written where that differs: `0/10`, as `tandem top` has it. */
function weightCell({ effectiveWeight: now, configuredWeight: written, removed }: DestinationStatus): Cell {
  if (removed) return "";
  if (now === written) return now === 0 ? ["warn", "0"] : String(now);
  return ["warn", `${now}/${written}`];
}

const trafficCells = (t: Traffic): Cell[] => [
  formatCount(t.connections),
  formatBytes(t.inBytes),
  formatBytes(t.outBytes),
];

const sum = <T>(all: readonly T[], of: (each: T) => number): number =>
  all.reduce((n, each) => n + of(each), 0);
