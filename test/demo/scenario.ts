/** The main job as a table: what is done in each step, and what is waited for. What each must keep to is in targets.ts. */
import { setTimeout as sleep } from "node:timers/promises";
import { DocumentSpec } from "@tandem/model";
import { type Lab, LabError, nodesOf, type Traffic, until as untilTrue } from "../lab/index.ts";
import type { Cluster } from "./cluster.ts";
import {
  both,
  type Condition,
  describeSite,
  hasWeight,
  isActive,
  isServing,
  isSynced,
  isWhole,
  type SiteView,
} from "./conditions.ts";
import type { Director } from "./director.ts";
import type { Pace } from "./pace.ts";
import { DIRECTORS, DOCUMENT } from "./site.ts";
import type { Facts, StepName } from "./step-window.ts";

/** What a move may touch. */
export interface Stage {
  readonly lab: Lab;
  readonly cluster: Cluster;
  readonly pace: Pace;
  /** Known once it has started. */
  readonly traffic: Traffic;
  /** Keep something for the step's window. */
  note(facts: Facts): void;
}

/** One thing that is done or waited for; `text` says what, for people. */
export interface Move<S = Stage> {
  readonly text: string;
  /** @throws Error with why it cannot be done, or did not come to pass */
  act(stage: S): Promise<void>;
}

/** One step of the demo: its moves, one after the other. */
export interface Step {
  readonly name: StepName;
  readonly title: string;
  readonly moves: readonly Move[];
}

/** What is there before there is traffic. */
export type Site = Pick<Stage, "lab" | "cluster">;

const FAILING = "s2";
const POLL_MS = 100;
const DEADLINE_MS = 30_000;
/** A JetStream cluster elects a leader in 5 s as a rule; a lost vote costs up to 9 s more. */
const STORE_DEADLINE_MS = 60_000;
/** What was already under way when a weight changed has been answered by then. */
const IN_FLIGHT_MS = 250;

/** Bring the pair up. */
export const SETUP: readonly Move<Site>[] = [
  does("both directors start", async ({ cluster }) => {
    await Promise.all(DIRECTORS.map((name) => cluster.directors[name].start()));
  }),
  until("both directors answer", (site) => DIRECTORS.every((name) => site[name].status !== undefined)),
  does("the document is applied on d1", async ({ cluster }) => {
    await apply(cluster.directors.d1, DOCUMENT);
  }),
  until("d1 is active, d2 its synced standby, all servers healthy", (site) =>
    [isActive("d1"), isWhole, isServing].every((holds) => holds(site)),
  ),
];

/** The main job. */
export const SCENARIO: readonly Step[] = [
  {
    name: "baseline",
    title: "nothing happens",
    moves: [watch("undisturbed", (pace) => pace.baselineMs)],
  },
  {
    name: "server-fails",
    title: "a server fails its health check, and recovers",
    moves: [
      does(`${FAILING} answers its health check with 503`, async ({ lab }) => lab.setHealth(FAILING, false)),
      until(`${FAILING} has weight 0 on both directors`, hasWeight(FAILING, 0)),
      does(`new connections avoid ${FAILING}`, countStrays),
      does(`${FAILING} recovers`, async ({ lab }) => lab.setHealth(FAILING, true)),
      until(`${FAILING} has its weight back`, both(hasWeight(FAILING, 1), isServing)),
      does(`new connections reach ${FAILING} again`, untilUsed),
    ],
  },
  {
    name: "director-killed",
    title: "the active director dies: SIGKILL to all of it, links cut",
    moves: [
      does("d1 is killed", killActive),
      until("d2 is active", isActive("d2")),
      watch("d2 serves alone", (pace) => pace.settleMs),
    ],
  },
  {
    name: "director-returns",
    title: "it returns, catches up, and takes over again",
    moves: [
      does("d1 gets its power back", ({ cluster }) => cluster.directors.d1.powerOn()),
      until("d1 is synced, and not active before", isSyncedFirst),
      until("d1 is active again", both(isActive("d1"), isWhole)),
      watch("d1 serves, d2 follows", (pace) => pace.settleMs),
    ],
  },
  {
    name: "daemon-restarted",
    title: "the daemon on the active is killed and restarted",
    moves: [
      does("the daemon on d1 gets SIGKILL, and is started again", restartDaemon),
      until("d1 is active and synced again", both(isActive("d1"), isWhole)),
      watch("d1 serves on", (pace) => pace.settleMs),
    ],
  },
  {
    name: "nats-away",
    title: "all NATS servers are killed, and come back",
    moves: [
      does("all NATS servers get SIGKILL", async ({ lab }) => {
        await Promise.all(nodesOf("nats").map((nats) => lab.killAll(nats)));
      }),
      until("both directors have noticed", (site) =>
        DIRECTORS.every((name) => site[name].status?.nats === "disconnected"),
      ),
      watch("no NATS", (pace) => pace.natsAwayMs),
      does("all NATS servers start again", async ({ lab }) => {
        await Promise.all(nodesOf("nats").map((nats) => lab.start(nats)));
      }),
      until("replication is live again", both(isActive("d1"), isWhole)),
      does("the document is changed on d2, and runs on both", changeDocument),
      watch("all is as before", (pace) => pace.settleMs),
    ],
  },
];

function does<S extends Site>(text: string, act: (stage: S) => Promise<void>): Move<S> {
  return { text, act };
}

/** Watch for a while. */
function watch(text: string, durationMs: (pace: Pace) => number): Move {
  return { text, act: async ({ pace }) => void (await sleep(durationMs(pace))) };
}

/** Wait until something holds, by what the directors say; at the deadline the error says what they say instead. */
function until(text: string, holds: Condition): Move<Pick<Site, "cluster">> {
  return {
    text,
    async act({ cluster }) {
      let site: SiteView | undefined;
      const look = async () => holds((site = await cluster.view()));
      try {
        await untilTrue(look, { what: text, deadlineMs: DEADLINE_MS, everyMs: POLL_MS });
      } catch (error) {
        if (!(error instanceof LabError) || !site) throw error;
        throw new LabError(`${error.message}: ${describeSite(site)}`);
      }
    },
  };
}

/** Apply a document; again and again, because the store may have no leader yet. Returns the revision. */
async function apply(director: Director, document: DocumentSpec): Promise<number> {
  let why: unknown;
  const attempt = () =>
    director
      .ask((node) => node.apply(document, { author: "demo" }))
      .catch((error: unknown) => {
        why = error;
        return undefined;
      });
  const what = `${director.name} accepts the document`;
  try {
    return (await untilTrue(attempt, { what, deadlineMs: STORE_DEADLINE_MS, everyMs: POLL_MS })).revision;
  } catch (error) {
    throw error instanceof LabError ? new LabError(`${error.message}: ${why}`) : error;
  }
}

/** @throws Error when d1 is active before it is synced */
function isSyncedFirst(site: SiteView): boolean {
  if (isSynced("d1")(site)) return true;
  if (site.d1.status?.role !== "active") return false;
  throw new LabError(`Cannot accept that d1 took over: it is ${site.d1.status.sync}, wanted live first`);
}

/** How many requests were answered by each server since the step began. */
async function answeredBy(server: string, { traffic }: Stage): Promise<number> {
  return (await traffic.peek()).http.servers[server] ?? 0;
}

async function countStrays(stage: Stage): Promise<void> {
  await sleep(IN_FLIGHT_MS);
  const before = await answeredBy(FAILING, stage);
  await sleep(stage.pace.avoidMs);
  stage.note({ strays: (await answeredBy(FAILING, stage)) - before });
}

async function untilUsed(stage: Stage): Promise<void> {
  const before = await answeredBy(FAILING, stage);
  const isUsed = async () => (await answeredBy(FAILING, stage)) > before;
  await untilTrue(isUsed, {
    what: `${FAILING} answers a request`,
    deadlineMs: DEADLINE_MS,
    everyMs: POLL_MS,
  });
}

async function killActive({ cluster, note }: Stage): Promise<void> {
  const beginMs = Date.now();
  await cluster.directors.d1.kill();
  note({ kill: { beginMs, endMs: Date.now() } });
}

async function restartDaemon({ cluster }: Stage): Promise<void> {
  await cluster.directors.d1.killDaemon();
  await cluster.directors.d1.start();
}

/** A change that no traffic notices, made on the standby: it must reach the store, and from there both directors. */
async function changeDocument({ cluster }: Stage): Promise<void> {
  const services = DOCUMENT.services.map((s) => ({ ...s, check: s.check && { ...s.check, fall: 3 } }));
  const revision = await apply(cluster.directors.d2, DocumentSpec.parse({ ...DOCUMENT, services }));
  const isRun = (site: SiteView) => DIRECTORS.every((name) => site[name].status?.revision === revision);
  await until(`both directors run revision ${revision}`, isRun).act({ cluster });
}
