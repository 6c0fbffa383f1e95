/** The shell of health: runs the checks that a document wants and tells what becomes of weights. The view is this node's own. */
import type { CheckSpec, Document, Id } from "@tandem/model";
import type { Checker, CheckOutcome } from "./checker.ts";
import { createChecker } from "./checkers/registry.ts";
import { firstDelayMs } from "./pace.ts";
import { type ProbePorts, startProbe } from "./probe.ts";
import { nextRiseMs, type Rise, risingWeight } from "./slow-start.ts";
import { carryOver, createVerdict, judge, type Verdict } from "./verdict.ts";
import { selectChecks, type WantedCheck } from "./wanted-checks.ts";
import { effectiveWeights } from "./weight-policy.ts";

/** What the scheduler has to learn. A destination that was never told of is up, not drained, with its configured weight. */
export interface HealthChange {
  readonly serviceId: Id;
  readonly destinationId: Id;
  readonly up: boolean;
  readonly effectiveWeight: number;
  readonly why: string;
  /** No news, but one more step of a slow start. */
  readonly isStep: boolean;
  /** On the monitor's clock. */
  readonly atMs: number;
}

/** What is believed of one destination right now. */
export interface DestinationHealth {
  readonly serviceId: Id;
  readonly destinationId: Id;
  readonly isChecked: boolean;
  readonly up: boolean;
  readonly configuredWeight: number;
  readonly effectiveWeight: number;
  /** Why of the last check, or why there was none; or that it is starting slowly. */
  readonly why: string;
  /** Time since it last went up or down, or since it was first seen. */
  readonly sinceMs: number;
  /** Time since the end of the last check; undefined before the first. */
  readonly lastCheckAgeMs: number | undefined;
  readonly results: Readonly<Record<CheckOutcome["result"], number>>;
  /** How often it went up or down. */
  readonly flips: number;
}

/** The health of every destination of a document, as this node sees it. */
export interface Monitor {
  /** Run the checks of `document`. What stays, by id and check, keeps its verdict and its rhythm; a changed check asks again at once. */
  apply(document: Document): void;
  /** Every destination of the document, in document order. */
  snapshot(): readonly DestinationHealth[];
  /** Effective weight of every destination of the document, by destination id, and the ids of those that are down: not of those that are drained only. */
  health(): { weights: ReadonlyMap<Id, number>; down: ReadonlySet<Id> };
  /** Destinations that are down, each with the check that says so, as text: for `known` of the next monitor. */
  down(): ReadonlyMap<Id, string>;
  stop(): void;
}

/** What a monitor needs from its surroundings. */
export interface MonitorOptions extends ProbePorts {
  readonly onChange: (change: HealthChange) => void;
  /** What `Monitor.down` said before a restart: these start down, if their check is still the same. All others start up. */
  readonly known?: ReadonlyMap<Id, string>;
  /** Default: real sockets. */
  readonly createChecker?: (spec: CheckSpec) => Checker;
}

/** One destination under watch. */
interface Watched {
  wanted: WantedCheck;
  verdict: Verdict;
  /** What the listener was last told. */
  told: { up: boolean; effectiveWeight: number };
  /** Weight that it has, or grows to. */
  fullWeight: number;
  /** Since when that is not 0; what was there from the start has always been. */
  risenAtMs: number;
  stop: () => void;
}

/** Create a monitor that checks nothing yet. `onChange` is called synchronously and must not throw. */
export function createMonitor(options: MonitorOptions): Monitor {
  const { clock, onChange } = options;
  const makeChecker = options.createChecker ?? createChecker;
  const known = new Map(options.known);
  let watched = new Map<Id, Watched>();
  let services = new Map<Id, Watched[]>();
  const nextSteps = new Map<Id, () => void>(); // by service: cancels its next step of a slow start

  function watch(wanted: WantedCheck): Watched {
    const up = known.get(wanted.destinationId) !== probeText(wanted);
    known.delete(wanted.destinationId); // a destination that leaves and returns later is a new one
    const told = { up: true, effectiveWeight: wanted.weight };
    // one that joins a service which runs already starts slowly; where all are new, nobody would carry the load meanwhile
    const fullWeight = services.has(wanted.serviceId) ? 0 : wanted.weight;
    const verdict = createVerdict(up, clock.now());
    return { wanted, verdict, told, fullWeight, risenAtMs: Number.NEGATIVE_INFINITY, stop: () => {} };
  }

  function restart(w: Watched, index: number, count: number): void {
    w.stop();
    const { check, target } = w.wanted;
    w.verdict = carryOver(w.verdict, check !== undefined);
    w.stop = () => {};
    if (!check) return;
    const intervalMs = check.interval * 1000;
    const delayMs = firstDelayMs(intervalMs, index, count);
    const probe = { checker: makeChecker(check), target, intervalMs, timeoutMs: check.timeout * 1000 };
    w.stop = startProbe({ ...probe, firstDelayMs: delayMs }, options, (outcome) => {
      const { up } = w.verdict.belief;
      w.verdict = judge(w.verdict, { ...outcome, atMs: clock.now() }, check);
      if (w.verdict.belief.up !== up) weigh(services.get(w.wanted.serviceId)!);
    });
  }

  /** Weigh the destinations of one service anew and tell what changed. */
  function weigh(members: readonly Watched[]): void {
    const full = effectiveWeights(members.map((w) => ({ ...w.wanted, up: w.verdict.belief.up })));
    for (const [i, w] of members.entries()) {
      const isStep = w.fullWeight === full[i];
      if (w.fullWeight === 0 && full[i]! > 0) w.risenAtMs = clock.now();
      w.fullWeight = full[i]!;
      tell(w, risingWeight(riseOf(w)), isStep);
    }
    const waits = members.map((w) => nextRiseMs(riseOf(w))).filter((ms) => ms !== undefined);
    stepAfter(Math.min(...waits), members);
  }

  const riseOf = (w: Watched): Rise => ({
    weight: w.fullWeight,
    elapsedMs: clock.now() - w.risenAtMs,
    lengthMs: w.wanted.slowStartMs,
  });

  function stepAfter(waitMs: number, members: readonly Watched[]): void {
    const { serviceId } = members[0]!.wanted;
    nextSteps.get(serviceId)?.();
    nextSteps.delete(serviceId);
    if (waitMs !== Number.POSITIVE_INFINITY)
      nextSteps.set(
        serviceId,
        clock.after(waitMs, () => weigh(members)),
      );
  }

  function tell(w: Watched, effectiveWeight: number, isStep: boolean): void {
    const { up } = w.verdict.belief;
    if (w.told.effectiveWeight === effectiveWeight && w.told.up === up) return;
    const isNews = w.told.up !== up;
    w.told = { up, effectiveWeight };
    const why = isNews ? w.verdict.why : (describeRise(w) ?? describeWanted(w.wanted));
    const { serviceId, destinationId } = w.wanted;
    onChange({
      serviceId,
      destinationId,
      up,
      effectiveWeight,
      why,
      isStep: isStep && !isNews,
      atMs: clock.now(),
    });
  }

  /** Exchange what is watched. @returns those whose check is new or changed. */
  function exchange(wantedChecks: readonly WantedCheck[]): readonly Watched[] {
    for (const cancel of nextSteps.values()) cancel();
    nextSteps.clear();
    const fresh: Watched[] = [];
    const next = new Map<Id, Watched>();
    for (const wanted of wantedChecks) {
      const known = watched.get(wanted.destinationId);
      const w = known ?? watch(wanted);
      if (!known || !isSameProbe(w.wanted, wanted)) fresh.push(w);
      w.wanted = wanted;
      next.set(wanted.destinationId, w);
    }
    for (const [id, w] of watched) if (!next.has(id)) w.stop();
    watched = next;
    services = Map.groupBy(next.values(), (w) => w.wanted.serviceId);
    return fresh;
  }

  return {
    apply(document) {
      const fresh = exchange(selectChecks(document));
      for (const [i, w] of fresh.entries()) restart(w, i, fresh.length);
      for (const members of services.values()) weigh(members);
    },
    snapshot: () => [...watched.values()].map((w) => describe(w, clock.now())),
    down: () =>
      new Map([...watched].flatMap(([id, w]) => (w.told.up ? [] : [[id, probeText(w.wanted)] as const]))),
    health: () => ({
      weights: new Map([...watched].map(([id, w]) => [id, w.told.effectiveWeight])),
      down: new Set([...watched].flatMap(([id, w]) => (w.told.up ? [] : [id]))),
    }),
    stop() {
      for (const cancel of nextSteps.values()) cancel();
      nextSteps.clear();
      for (const w of watched.values()) w.stop();
      watched.clear();
      services.clear();
    },
  };
}

/** Whether a running probe already asks what is wanted; where nobody asks anything, it does. */
const isSameProbe = (a: WantedCheck, b: WantedCheck): boolean =>
  (a.check === undefined && b.check === undefined) || probeText(a) === probeText(b);

/** What is asked, and of whom. Specifications are plain data from one parser: equal text, equal check. */
const probeText = ({ check, target }: WantedCheck): string => JSON.stringify([check, target]);

function describeWanted(wanted: WantedCheck): string {
  return wanted.isDrained ? "drained" : `configured weight is ${wanted.weight}`;
}

function describeRise({ told, fullWeight, wanted }: Watched): string | undefined {
  if (told.effectiveWeight === fullWeight) return undefined;
  return `slow start: full weight ${wanted.slowStartMs / 1000} s after it came`;
}

function describe(w: Watched, nowMs: number): DestinationHealth {
  const { wanted, verdict, told } = w;
  const { lastCheckAtMs } = verdict;
  return {
    serviceId: wanted.serviceId,
    destinationId: wanted.destinationId,
    isChecked: wanted.check !== undefined,
    up: told.up,
    configuredWeight: wanted.weight,
    effectiveWeight: told.effectiveWeight,
    why: describeRise(w) ?? verdict.why,
    sinceMs: nowMs - verdict.changedAtMs,
    lastCheckAgeMs: lastCheckAtMs === undefined ? undefined : nowMs - lastCheckAtMs,
    results: verdict.results,
    flips: verdict.flips,
  };
}
