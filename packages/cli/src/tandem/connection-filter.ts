/** Options that say which connections are meant. */
import { type ConnectionFilter, STATE_NAMES } from "@tandem/engine/client";
import type { OptionSpec } from "./command.ts";
import { duration, listOf } from "./read-option.ts";

/** What they come to. */
export interface FilterOptions {
  readonly service?: string;
  readonly client?: string;
  readonly destination?: string;
  readonly state?: readonly string[];
  /** Milliseconds. */
  readonly idleMin?: number;
  readonly idleMax?: number;
  readonly owner?: string;
}

/** As they are typed and shown in the help. */
const STATES = [...STATE_NAMES].map((name) => name.toLowerCase());
const readStates = listOf("state", STATES);

/** In the order of the help. */
export const FILTER_OPTIONS: readonly OptionSpec[] = [
  {
    flags: "--service <service>",
    help: 'only this service, such as "tcp 192.0.2.1:80", tcp/192.0.2.1:80 or "mark 7 ipv4"',
    values: "service",
  },
  { flags: "--client <address>", help: "only this client: address or address:port" },
  { flags: "--destination <address>", help: "only this destination, likewise", values: "destination" },
  {
    flags: "--state <state>",
    help: "only in this state (templates are none or assured), and others if it is given again, or with commas between",
    values: STATES,
    isList: true,
    read: (text, before) => readStates(text.toLowerCase(), before),
  },
  {
    flags: "--idle-min <time>",
    help: "only without a packet for so long: 90s, 10m, 2h",
    read: duration("idle-min"),
  },
  { flags: "--idle-max <time>", help: "only with a packet within so long", read: duration("idle-max") },
  { flags: "--owner <node>", help: "only owned by this node", values: "node" },
];

/** The filter that was typed. */
export function filterOf(options: FilterOptions): ConnectionFilter {
  const { service, client, destination, state: states, idleMin, idleMax, owner } = options;
  return {
    ...(service !== undefined && { service }),
    ...(client !== undefined && { client }),
    ...(destination !== undefined && { destination }),
    ...(states !== undefined && { states: states.map((state) => state.toUpperCase()) }),
    ...(idleMin !== undefined && { minIdleSeconds: idleMin / 1000 }),
    ...(idleMax !== undefined && { maxIdleSeconds: idleMax / 1000 }),
    ...(owner !== undefined && { owner }),
  };
}
