/** `tandem status`: one screen that answers "are we safe?". */
import { type NodeStatus, type PeerStatus, REASONS } from "@tandem/engine/client";
import { LbError } from "@tandem/model/failure";
import { type Answer, type Command, EXIT, type ExitCode, type World, withDaemon } from "../command.ts";
import {
  type Cell,
  formatCount,
  formatDuration,
  formatFacts,
  formatShare,
  formatTable,
  type Paint,
  type Tone,
  wrap,
} from "../format.ts";
import { redraw } from "../redraw.ts";
import { type Judgement, judge, type Verdict } from "../verdict.ts";

interface Options {
  readonly watch?: boolean;
}

const WATCH_MS = 2000;

export const status: Command<Options> = {
  options: [{ flags: "-w, --watch", help: "ask again every 2 s, until interrupted" }],
  examples: [
    ["status", "the node on this machine"],
    ["status --watch", "the same, kept up to date"],
    ["status --json | jq .peers", "what it knows of its peers"],
    ["status >/dev/null || page-me", "in a script"],
  ],
  exitCodes: {
    0: "safe: all is well",
    1: "unsafe: it does not serve, or nothing would take over; or it does not answer",
    3: "degraded: it serves, and something wants looking at",
  },
  run: async ({ options: { watch = false } }, world) => (watch ? keepAsking(world) : ask(world)),
};

async function ask(world: World): Promise<Answer> {
  const node = await withDaemon(world, (daemon) => daemon.status());
  const judgement = judge(node);
  return {
    json: { ...judgement, ...node },
    text: (paint) => formatStatus(node, judgement, world.now(), paint),
    exitCode: EXITS[judgement.verdict],
  };
}

/** A daemon that does not answer is part of what is watched. */
async function* keepAsking(world: World): AsyncGenerator<Answer> {
  for (;;) {
    const answer = await ask(world).catch(noAnswer);
    yield { ...answer, text: (paint) => redraw(answer.text(paint), world.out.isTTY) };
    await world.sleep(WATCH_MS);
  }
}

function noAnswer(error: unknown): Answer {
  if (!(error instanceof LbError)) throw error;
  const why = error.message;
  return {
    json: { verdict: "unsafe", why, advice: [] },
    text: (paint) => formatVerdict({ verdict: "unsafe", why, advice: [] }, paint),
    exitCode: EXIT.failed,
  };
}

const EXITS: Record<Verdict, ExitCode> = { safe: EXIT.ok, degraded: EXIT.degraded, unsafe: EXIT.failed };
const VERDICT_TONES: Record<Verdict, Tone> = { safe: "good", degraded: "warn", unsafe: "bad" };
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

/** The verdict first, then what is wrong, the nodes, the facts, and what to do. `now` is in ms since 1970. */
function formatStatus(s: NodeStatus, judgement: Judgement, now: number, paint: Paint): string {
  const alarms = firstOf(s.alarms, MAX_ALARMS)
    .map((alarm) => wrap(`  ${paint("bad", "!")} ${alarm}`, paint.width, 4))
    .join("");
  const next = judgement.advice.map((what) => wrap(`  ${what}`, paint.width, 4)).join("");
  return [
    `${formatVerdict(judgement, paint)}${alarms}`,
    formatNodes(s, paint),
    formatHere(s, now, paint),
    next && `${paint("strong", "What to do:")}\n${next}`,
  ]
    .filter(Boolean)
    .join("\n");
}

/** One screen is enough; `-o json` has them all. */
const MAX_ALARMS = 8;
const MAX_ADDRESSES = 8;

/** The first ones, and how many there are besides. */
const firstOf = (texts: readonly string[], most: number): readonly string[] =>
  texts.length <= most
    ? texts
    : [...texts.slice(0, most - 1), `${formatCount(texts.length - most + 1)} more`];

const formatVerdict = ({ verdict, why }: Judgement, paint: Paint): string =>
  wrap(`${paint(VERDICT_TONES[verdict], verdict.toUpperCase())}: ${why}`, paint.width, 2);

function formatNodes(s: NodeStatus, paint: Paint): string {
  const right = { align: "right" } as const;
  return formatTable(
    [
      { title: "NODE", least: 12 },
      { title: "ROLE" },
      { title: "SYNC" },
      { title: "REVISION", ...right },
      { title: "OWNS", ...right },
      { title: "HELD HERE", ...right, yields: 4 },
      { title: "BEHIND", ...right },
      { title: "LAG", ...right, yields: 3 },
      { title: "TABLES", yields: 1 },
      { title: "LAST SEEN", ...right, yields: 2 },
    ],
    [hereRow(s), ...s.peers.map((p) => peerRow(p, s.revision))],
    paint,
  );
}

function hereRow(s: NodeStatus): Cell[] {
  const peers = s.peers.reduce((sum, p) => sum + p.held, 0);
  const owned = formatCount(Math.max(0, s.connections - peers));
  return [
    ["strong", s.node],
    [ROLE_TONES[s.role], s.role],
    [STATE_TONES[s.sync], s.sync],
    String(s.revision),
    owned,
    formatCount(s.connections),
    "",
    "",
    "",
    "here",
  ];
}

function peerRow(p: PeerStatus, revision: number): Cell[] {
  return [
    p.node,
    p.state === "lost" ? ["faint", `was ${p.role}`] : [ROLE_TONES[p.role], p.role],
    [STATE_TONES[p.state], p.state],
    p.revision === revision ? String(p.revision) : ["warn", String(p.revision)],
    formatCount(p.connections),
    p.held < p.connections ? ["warn", formatCount(p.held)] : formatCount(p.held),
    p.unconfirmed === undefined ? "-" : formatCount(p.unconfirmed),
    p.lagMs === undefined ? "-" : formatDuration(p.lagMs),
    tablesCell(p),
    p.lastSeenMsAgo === 0 ? "now" : `${formatDuration(p.lastSeenMsAgo)} ago`,
  ];
}

/** Whether what we hold of a peer is what it has, as of the last comparison. */
function tablesCell({ state, comparedMsAgo, differing }: PeerStatus): Cell {
  if (state === "lost") return "-";
  if (comparedMsAgo === undefined) return ["faint", "not compared"];
  return differing === 0 ? ["good", "agree"] : ["warn", `${differing} differ`];
}

function formatHere(s: NodeStatus, now: number, paint: Paint): string {
  const since = formatDuration(Math.max(0, now - s.roleSinceMs));
  const facts: (readonly [string, string])[] = [
    [
      "Node",
      `${paint("strong", s.node)}, version ${s.version}${s.maintenance ? paint("warn", ", in maintenance") : ""}`,
    ],
    ["Role", `${paint(ROLE_TONES[s.role], s.role)} for ${since}: ${s.roleCause}`],
    ["Addresses", formatAddresses(s)],
    ["Forwarding", s.forwarding ? paint("good", "yes") : paint("bad", "NO")],
    ["Document", formatRevisions(s)],
    ["Table", formatTableFill(s)],
    ...(s.lagMs ? [["Lag", formatLag(s.lagMs)] as const] : []),
    ["Dropped", formatDrops(s.packets)],
    ["NATS", s.nats === "disconnected" ? paint("bad", s.nats) : s.nats],
  ];
  return formatFacts(facts, paint.width);
}

/** Those of the cluster, and where they are if not here. */
function formatAddresses({ virtualAddresses, role, peers }: NodeStatus): string {
  const addresses = firstOf(virtualAddresses, MAX_ADDRESSES).join(", ") || "none";
  if (virtualAddresses.length === 0 || role === "active" || role === "standalone") return addresses;
  const holder = peers.find((p) => p.role === "active" && p.state !== "lost");
  return `${addresses}: ${holder ? `on ${holder.node}, which is active` : "not on this node"}`;
}

function formatRevisions({ revision, peers }: NodeStatus): string {
  if (revision === 0) return "none yet";
  const others = peers.filter((p) => p.revision !== revision).map((p) => `${p.node} runs ${p.revision}`);
  if (others.length > 0) return `revision ${revision}; ${others.join(", ")}`;
  return `revision ${revision}${peers.length > 0 ? " on every node" : ""}`;
}

const formatTableFill = ({ connections, capacity }: NodeStatus): string =>
  `${formatCount(connections)} of ${formatCount(capacity)} connections (${formatShare(connections, capacity)})`;

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
  `${formatDuration(p50)} (p50), ${formatDuration(p99)} (p99)`;
