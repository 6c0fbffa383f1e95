/** `tandem status`: one screen that answers "are we safe?". */
import { type NodeStatus, type PeerStatus, REASONS } from "@tandem/engine/client";
import { type Command, EXIT, withDaemon } from "../command.ts";
import {
  type Cell,
  formatCount,
  formatDuration,
  formatFacts,
  formatPlural,
  formatShare,
  formatTable,
  type Paint,
  type Tone,
} from "../format.ts";

export const status: Command<object> = {
  options: [],
  examples: [
    ["status", "the node on this machine"],
    ["status --json | jq .peers", "what it knows of its peers"],
    ["status >/dev/null || page-me", "in a script"],
  ],
  async run(_, world) {
    const node = await withDaemon(world, (daemon) => daemon.status());
    return {
      json: node,
      text: (paint) => formatStatus(node, world.now(), paint),
      exitCode: node.alarms.length === 0 ? EXIT.ok : EXIT.failed,
    };
  },
};

const ROLE_TONES: Record<NodeStatus["role"], Tone> = {
  active: "good",
  standby: "good",
  fault: "bad",
  standalone: "good",
};
const STATE_TONES: Record<PeerStatus["state"], Tone> = {
  off: "faint",
  alone: "warn",
  joining: "warn",
  loading: "warn",
  live: "good",
  repairing: "warn",
  lost: "bad",
};

/** The verdict first, then what is wrong, then the facts. `now` is in ms since 1970. */
export function formatStatus(s: NodeStatus, now: number, paint: Paint): string {
  return [formatVerdict(s, paint), formatNode(s, now, paint), formatPeers(s, paint)]
    .filter(Boolean)
    .join("\n");
}

function formatVerdict(s: NodeStatus, paint: Paint): string {
  if (s.alarms.length === 0) return `${paint("good", "All is well.")}\n`;
  const head = paint("bad", `${formatPlural(s.alarms.length, "alarm")}:`);
  return `${head}\n${s.alarms.map((alarm) => `  ${paint("bad", "!")} ${alarm}\n`).join("")}`;
}

function formatNode(s: NodeStatus, now: number, paint: Paint): string {
  const role = paint(ROLE_TONES[s.role], s.role);
  const since = formatDuration(Math.max(0, now - s.roleSinceMs));
  return formatFacts([
    [
      "Node",
      `${paint("strong", s.node)} (version ${s.version})${s.maintenance ? paint("warn", ", in maintenance") : ""}`,
    ],
    ["Role", `${role} for ${since}: ${s.roleCause}`],
    ["Addresses", s.virtualAddresses.join(", ") || "none"],
    ["Forwarding", s.forwarding ? paint("good", "yes") : paint("bad", "NO")],
    ["Sync", `${paint(STATE_TONES[s.sync], s.sync)}${s.lagMs ? `, ${formatLag(s.lagMs)}` : ""}`],
    ["Document", s.revision === 0 ? "none yet" : `revision ${s.revision}`],
    [
      "Connections",
      `${formatCount(s.connections)} of ${formatCount(s.capacity)} (${formatShare(s.connections, s.capacity)})`,
    ],
    ["Dropped", formatDrops(s.packets)],
    ["NATS", s.nats === "disconnected" ? paint("bad", s.nats) : s.nats],
  ]);
}

/** Reasons shown at most; the metrics have them all. */
const MAX_DROPS = 3;

/** The most frequent reasons of drops since the instance was created. */
function formatDrops(packets: NodeStatus["packets"]): string {
  const drops = Object.entries(REASONS)
    .map(([reason, { verdict, says }]) => ({ verdict, says, count: packets[reason] ?? 0 }))
    .filter(({ verdict, count }) => verdict === "drop" && count > 0)
    .sort((a, b) => b.count - a.count)
    .map(({ says, count }) => `${formatCount(count)} (${says})`);
  return drops.slice(0, MAX_DROPS).join("; ") || "nothing";
}

const formatLag = ({ p50, p99 }: { p50: number; p99: number }): string =>
  `lag ${formatDuration(p50)} (p50), ${formatDuration(p99)} (p99)`;

function formatPeers(s: NodeStatus, paint: Paint): string {
  if (s.peers.length === 0) return "";
  return formatTable(
    [
      { title: "PEER" },
      { title: "ROLE" },
      { title: "SYNC" },
      { title: "REVISION", align: "right" },
      { title: "CONNECTIONS", align: "right" },
      { title: "HELD HERE", align: "right" },
      { title: "LAG", align: "right" },
      { title: "LAST SEEN", align: "right" },
    ],
    s.peers.map((p): Cell[] => [
      p.node,
      p.state === "lost" ? ["faint", `was ${p.role}`] : [ROLE_TONES[p.role], p.role],
      [STATE_TONES[p.state], p.state],
      p.revision === s.revision ? String(p.revision) : ["warn", String(p.revision)],
      formatCount(p.connections),
      p.held < p.connections ? ["warn", formatCount(p.held)] : formatCount(p.held),
      p.lagMs === undefined ? "-" : formatDuration(p.lagMs),
      p.lastSeenMsAgo === 0 ? "now" : `${formatDuration(p.lastSeenMsAgo)} ago`,
    ]),
    paint,
  );
}
