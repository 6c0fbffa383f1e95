/** `tandem drain`: take a destination or a director out of service without hurting anybody, and bring it back. */
import type { RemoteNode, ServiceStatus } from "@tandem/engine/client";
import { LbError } from "@tandem/model/failure";
import { type Answer, type Command, type Outcome, type World, withDaemon } from "../command.ts";
import { drainDirector, undrainDirector } from "../drain-director.ts";
import { persistentServices, remainderOf } from "../drain-progress.ts";
import { formatPlural } from "../format.ts";
import { duration } from "../read-option.ts";
import { endThere, FATES, type Fate, waitForDrain } from "../wait-for-drain.ts";

interface Options {
  readonly service?: string;
  readonly undo?: boolean;
  readonly wait?: boolean;
  /** Milliseconds. */
  readonly deadline?: number;
  readonly then?: Fate;
}

/** What `node.drain` has done. */
interface Drained {
  readonly revision: number;
  readonly destinations: readonly string[];
}

export const drain: Command<Options> = {
  operands: [
    {
      name: "<what>",
      help: 'a destination: address or address:port, IPv6 in brackets before a port; or "director": the node that answers (see --node)',
      values: "drained",
    },
  ],
  options: [
    {
      flags: "--service <service>",
      help: 'only in this service, such as "tcp 192.0.2.1:80" or "mark 7 ipv4"; else in every one that has it',
      values: "service",
    },
    {
      flags: "--undo",
      help: "bring it back with the weight that it had; so does applying a file without its `drain: true`",
    },
    { flags: "--wait", help: "wait until no connections are left, however long it takes" },
    { flags: "--deadline <time>", help: "wait so long at most: 90s, 10m, 2h", read: duration("deadline") },
    {
      flags: "--then <fate>",
      help: "at the deadline, of connections that are left: keep them (default), kill them silently, or reset them, so that both ends hear of it",
      values: FATES,
    },
  ],
  examples: [
    ["drain 10.0.0.1", "before maintenance of a server: returns at once"],
    ["drain 10.0.0.1 --deadline 10m --then reset", "wait for its clients, and then for them no more"],
    ["drain 10.0.0.1 --undo", "afterwards, or to call it off"],
    ["drain director", "before this director is stopped: a peer takes over first"],
    ["drain director --undo", "afterwards"],
  ],
  exitCodes: {
    0: "done; when waiting: no connections are left; of a director: another one serves, it can be stopped",
    1: "it failed; when waiting: connections are left, and it stays drained; of a director: do not stop it",
  },
  async run({ operands: [what = ""], options }, world): Promise<Outcome> {
    refuseContradictions(what, options);
    if (what === DIRECTOR) return options.undo ? undrainDirector(world) : drainDirector(world);
    const { service, undo = false, wait = false, deadline } = options;
    const request = {
      destination: what,
      undo,
      author: world.user,
      ...(service !== undefined && { service }),
    };
    if (undo) return broughtBack(await withDaemon(world, (node) => node.drain(request)));
    if (wait || deadline !== undefined) return drainAndWait(request, options, world);
    return withDaemon(world, async (node) => drained(await node.drain(request), await node.services()));
  },
};

const DIRECTOR = "director";

function broughtBack(done: Drained): Answer {
  const head =
    done.destinations.length === 0
      ? `Nothing to do: it is in service already (revision ${done.revision}).`
      : `Back in service with revision ${done.revision}:`;
  const lines = done.destinations.map((key) => `  ${key}\n`).join("");
  return { json: done, text: () => `${head}\n${lines}` };
}

function drained(done: Drained, services: readonly ServiceStatus[]): Answer {
  const left = done.destinations.map((key) => ({ key, ...remainderOf(services, [key]) }));
  const lines = left.map((d) => `  ${d.key}: ${formatPlural(d.left, "connection")} left\n`).join("");
  const head =
    done.destinations.length === 0
      ? `Nothing to do: it is drained already (revision ${done.revision}).`
      : `Drained with revision ${done.revision}: no new connections go to`;
  const notes = noteOn(services, done.destinations);
  return { json: { ...done, left }, text: () => `${head}\n${lines}${notes}` };
}

/** Persistent clients may come back. */
function noteOn(services: readonly ServiceStatus[], keys: readonly string[]): string {
  return persistentServices(services, keys)
    .map(
      (key) =>
        `Clients of "${key}" whose persistence template leads there go on being sent there with new connections until the template ends, ` +
        "unless `settings.expireQuiescentTemplate` is true; `--then kill` and `--then reset` end templates, too.\n",
    )
    .join("");
}

async function* drainAndWait(
  request: Parameters<RemoteNode["drain"]>[0],
  { deadline, then: fate = "keep", service }: Options,
  world: World,
): AsyncGenerator<Answer> {
  const [done, services] = await withDaemon(world, async (node) => {
    const drain = await node.drain(request);
    return [drain, await node.services()] as const;
  });
  yield drained(done, services);
  const where = service === undefined ? "" : ` --service "${service}"`;
  // Each time anew: the daemon may be started anew meanwhile.
  yield* waitForDrain(world, {
    remainder: () => withDaemon(world, async (node) => remainderOf(await node.services(), done.destinations)),
    deadlineMs: deadline,
    atDeadline: () =>
      withDaemon(world, (node) => endThere(node, done.destinations, { fate, author: world.user })),
    undo: `\`tandem drain ${request.destination}${where} --undo\``,
  });
}

/** What cannot be wanted together. */
function refuseContradictions(what: string, { service, undo, wait, deadline, then }: Options): void {
  const isWaiting = wait || deadline !== undefined || then !== undefined;
  if (what === DIRECTOR && (isWaiting || service !== undefined))
    throw contradiction("the director with --service, --wait, --deadline or --then", "no more than --undo");
  if (undo && isWaiting) throw contradiction("--undo with --wait, --deadline or --then", "one of them");
  if (then !== undefined && deadline === undefined) throw withoutDeadline(then);
}

const withoutDeadline = (fate: Fate): LbError =>
  new LbError({
    code: "invalid_argument",
    doing: "drain",
    field: "--deadline",
    got: "missing",
    want: `the time after which \`--then ${fate}\` is due, such as \`--deadline 10m\``,
  });

const contradiction = (got: string, want: string): LbError =>
  new LbError({ code: "invalid_argument", doing: "drain", field: "the command line", got, want });
