/** What the live view shows: one screen, as lines. Pure. */
import type { DestinationStatus, ServiceStatus } from "@tandem/engine";
import { serviceKey } from "@tandem/model";
import {
  type Cell,
  type Column,
  formatBytes,
  formatCount,
  formatDuration,
  formatTable,
  type Paint,
} from "../../packages/cli/src/tandem/format.ts";
import type { StepSummary } from "../lab/index.ts";
import { activeOf } from "./conditions.ts";
import type { DirectorView } from "./director.ts";
import { perSecond } from "./rates.ts";
import type { Sample, Scene, SceneStep } from "./scene.ts";
import { DIRECTORS, serverAt } from "./site.ts";

const right = (title: string): Column => ({ title, align: "right" });

/** The whole screen, about 24 lines. */
export function formatScene(scene: Scene, paint: Paint): string[] {
  const { sample, previous } = scene;
  const parts = [
    [`${paint("strong", "Tandem demo")}  ${formatDuration(Math.floor(scene.elapsedMs / 1000) * 1000)}`],
    formatSteps(scene, paint),
    ...(sample ? [formatDirectors(sample, paint), formatServices(sample, previous, paint)] : []),
    sample ? formatTraffic(sample.traffic, scene.sessions, paint) : [],
  ];
  return parts.filter((lines) => lines.length > 0).flatMap((lines, i) => (i === 0 ? lines : ["", ...lines]));
}

const MARKS: Record<SceneStep["state"], Cell> = {
  waiting: " ",
  running: ["strong", "▶"],
  done: ["good", "✓"],
  failed: ["bad", "✗"],
};

function formatSteps({ steps, move }: Scene, paint: Paint): string[] {
  const rows = steps.map(({ title, state, traffic }, i): Cell[] => {
    const says = traffic ? formatOutcome(traffic) : state === "running" ? move : "";
    return [MARKS[state], `${i + 1} ${title}`, says];
  });
  return linesOf(formatTable([{ title: "" }, { title: "STEP" }, { title: "" }], rows, paint));
}

function formatOutcome({ sessions, gapMs, outageMs }: StepSummary): string {
  const lost = `${formatCount(sessions.lost)} lost`;
  return `${lost}, worst gap ${formatDuration(gapMs.worst)}, outage ${formatDuration(outageMs)}`;
}

function formatDirectors({ site }: Sample, paint: Paint): string[] {
  const columns = [
    { title: "DIRECTOR" },
    { title: "ROLE" },
    { title: "SYNC" },
    right("CONNECTIONS"),
    right("LAG"),
    { title: "NATS" },
  ];
  return linesOf(
    formatTable(
      columns,
      DIRECTORS.map((name) => directorRow(site[name])),
      paint,
    ),
  );
}

function directorRow({ name, status }: DirectorView): Cell[] {
  if (!status) return [name, ["bad", "does not answer"]];
  const { role, sync, connections, lagMs, nats } = status;
  return [
    name,
    role === "active" ? ["good", role] : role === "standby" ? role : ["bad", role],
    sync === "live" ? ["good", sync] : ["warn", sync],
    formatCount(connections),
    lagMs ? formatDuration(lagMs.p50) : "-",
    nats === "connected" ? nats : ["bad", nats],
  ];
}

/** As the active director has them: weight and connections of each server, and rates since the sample before. */
function formatServices(sample: Sample, previous: Sample | undefined, paint: Paint): string[] {
  const name = activeOf(sample.site);
  if (!name) return ["no director, or more than one, is active"];
  const now = sample.site[name].services;
  const before = previous?.site[name].services ?? [];
  const seconds = previous ? (sample.atMs - previous.atMs) / 1000 : 1;
  const rates = perSecond(before.length > 0 ? before : now, now, seconds);
  const servers = [...new Set(now.flatMap((s) => s.destinations.map((d) => serverAt(d.address))))].sort();
  const columns = [
    { title: "SERVICE" },
    { title: "METHOD" },
    right("NEW/S"),
    right("IN/S"),
    right("OUT/S"),
    ...servers.map((server) => ({ title: server.toUpperCase() })),
  ];
  return linesOf(
    formatTable(
      columns,
      rates.map((service) => serviceRow(service, servers)),
      paint,
    ),
  );
}

function serviceRow(service: ServiceStatus, servers: readonly string[]): Cell[] {
  const { traffic, destinations } = service;
  return [
    serviceKey(service),
    destinations[0]?.method ?? "",
    formatCount(traffic.connections),
    formatBytes(traffic.inBytes),
    formatBytes(traffic.outBytes),
    ...servers.map((server) =>
      destinationCell(destinations.find(({ address }) => serverAt(address) === server)),
    ),
  ];
}

function destinationCell(destination: DestinationStatus | undefined): Cell {
  if (!destination) return "";
  const { effectiveWeight, activeConnections, inactiveConnections } = destination;
  const text = `weight ${effectiveWeight} · ${formatCount(activeConnections + inactiveConnections)}`;
  return effectiveWeight === 0 ? ["bad", text] : text;
}

function formatTraffic(traffic: StepSummary, wanted: number, paint: Paint): string[] {
  const { sessions, udp, http, gapMs, outageMs } = traffic;
  const alive = `${formatCount(sessions.after)} of ${formatCount(wanted)} sessions alive`;
  const flows = `${formatCount(udp.flows)} UDP flows, ${udp.moved} moved, ${udp.lost} lost`;
  const requests = `HTTP ${formatCount(http.ok)} ok, ${http.failed} failed`;
  return [
    paint(sessions.after === wanted ? "good" : "bad", alive),
    `in this step: worst gap ${formatDuration(gapMs.worst)}, outage ${formatDuration(outageMs)}; ${flows}; ${requests}`,
  ];
}

function linesOf(text: string): string[] {
  return text.trimEnd().split("\n");
}
