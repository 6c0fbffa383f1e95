/** `tandem kill`: end connections, on every node that has them. */
import { LbError } from "@tandem/model/failure";
import { type Command, withDaemon } from "../command.ts";
import { FILTER_OPTIONS, type FilterOptions, filterOf } from "../connection-filter.ts";
import { formatPlural } from "../format.ts";

interface Options extends FilterOptions {
  readonly reset?: boolean;
  readonly dryRun?: boolean;
}

export const kill: Command<Options> = {
  options: [
    ...FILTER_OPTIONS,
    {
      flags: "--reset",
      help: "tell both ends: TCP and SCTP are reset, UDP clients are refused with their next packet; else forget silently",
    },
    { flags: "--dry-run", help: "say how many it would be, and do nothing" },
  ],
  examples: [
    ["kill --client 198.51.100.7 --dry-run", "how many would it be?"],
    ["kill --client 198.51.100.7 --reset", "throw a client out"],
    ["kill --destination 10.0.0.1 --idle-min 30m", "forget what has been silent"],
  ],
  async run({ options: { reset = false, dryRun = false, ...which } }, world) {
    if (!NARROWING.some((option) => which[option] !== undefined)) throw unsaid();
    const request = { filter: filterOf(which), reset, dryRun, author: world.user };
    const { killed } = await withDaemon(world, (node) => node.kill(request));
    return { json: { killed, reset, dryRun }, text: () => says(killed, { reset, dryRun }) };
  },
};

/** One of these says which connections; the daemon wants one, too, in its own words. */
const NARROWING = ["service", "client", "destination"] as const;

const unsaid = (): LbError =>
  new LbError({
    code: "invalid_argument",
    doing: "kill connections",
    field: "which ones",
    got: "left open",
    want: `at least one of ${NARROWING.map((option) => `--${option}`).join(", ")}`,
  });

function says(killed: number, { reset, dryRun }: { reset: boolean; dryRun: boolean }): string {
  if (killed === 0) return "No connections.\n";
  const what = `${formatPlural(killed, "connection")}, persistence templates included`;
  if (dryRun) return `Would end ${what}.\n`;
  return `Ended ${what}${reset ? ": both ends hear of it within 2 s" : ""}.\n`;
}
