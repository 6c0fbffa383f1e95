/** What a running node does by itself: takes part in its cluster, tells its peers how it is, and looks for alarms. */
import type { BuiltNode } from "./built-node.ts";
import { encodePresence } from "./cluster/presence.ts";
import { repeat } from "./machine/repeat.ts";
import type { NodeDoors } from "./node-doors.ts";

/** How often a node tells its peers what it is. */
const DESCRIBE_EVERY_MS = 500;
/** How often it is looked whether alarms have come or gone. */
const LOOK_AT_ALARMS_EVERY_MS = 2000;
/** A node that is in sync with nobody after so long is not ready, whatever it was before its restart. */
const READY_DEADLINE_MS = 8000;

/** Begin once the first document runs. */
export function startLife(built: BuiltNode, doors: NodeDoors): AsyncDisposable {
  const { core, seat, document, membership, link } = built;
  const life = new AsyncDisposableStack();
  const ending = new AbortController();
  life.defer(() => seat.leave());

  /** Replicate, and take a seat in VRRP. */
  async function takePart(): Promise<void> {
    if (ending.signal.aborted) return; // stopped while the first document was coming into force
    membership.join({ ...core.events, onReadiness: seat.setReady, onLag: doors.observeLag });
    if (!link) seat.setReady(true);
    await seat.take();
  }
  void document.runner.started.then(takePart).catch(core.failed.resolve);

  const often = { signal: ending.signal, report: built.onBug };
  void repeat(() => describe(built), { ...often, everyMs: DESCRIBE_EVERY_MS });
  const lookAtAlarms = async () => core.events.onAlarms((await doors.status()).alarms);
  void repeat(lookAtAlarms, { ...often, everyMs: LOOK_AT_ALARMS_EVERY_MS });
  const overdue = setTimeout(() => {
    if (link && !membership.replication?.replicator.status().isReady) seat.setReady(false);
  }, READY_DEADLINE_MS);
  life.defer(() => clearTimeout(overdue));
  life.use(membership); // leaves the cluster before its seat
  life.defer(() => ending.abort()); // first of all: nobody joins what has been left
  return life;
}

async function describe({ core, seat, membership }: BuiltNode): Promise<void> {
  const counts = await core.counts();
  const presence = {
    role: seat.seat().role,
    connections: counts?.owned.get("") ?? 0,
    maintenance: seat.isInMaintenance(),
  };
  membership.replication?.replicator.describe(core.engine.document.revision, encodePresence(presence));
}
