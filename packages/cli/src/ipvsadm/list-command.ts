/** `-L`: what is listed, and how. */
import type { IpvsadmCommand, IpvsadmRefusal, ListView } from "./command.ts";
import type { Line } from "./line.ts";
import type { Slot } from "./options.ts";
import { usage } from "./refusal.ts";

/** Lists other than that of services. */
const LONE_LISTS = ["connection", "timeout", "daemon"] as const;
/** Options that exclude each other, in the order in which they are looked at, and in that in which they are named. */
const CONFLICTS: readonly (readonly [Slot, Slot])[] = [
  ["service-address", "connection"],
  ["timeout", "connection"],
  ["daemon", "connection"],
  ["timeout", "service-address"],
  ["daemon", "timeout"],
  ["daemon", "service-address"],
];
/** What shows services in other columns; `--tun-info` does too, and is passed over with another list. */
const VIEWS: readonly Slot[] = ["stats", "rate", "thresholds", "persistent-conn"];

/** The list command of a line, or why there is none. */
export function listCommand({ given, slots }: Line): IpvsadmCommand | IpvsadmRefusal {
  const conflict = CONFLICTS.find((pair) => pair.every((slot) => slots.has(slot)));
  if (conflict)
    return usage(
      `The option '${conflict[0]}' conflicts with the '${conflict[1]}' option in the 'list' command`,
    );
  const lone = LONE_LISTS.find((slot) => slots.has(slot));
  const isShownBy = (slot: Slot) => slots.has(slot) && !(slot === "persistent-conn" && lone === "connection");
  if (lone && VIEWS.some(isShownBy)) return usage("options conflicts in the list command");
  const view: ListView = {
    stats: slots.has("stats"),
    rate: slots.has("rate"),
    thresholds: slots.has("thresholds"),
    persistentConn: slots.has("persistent-conn"),
    tunInfo: slots.has("tun-info"),
    numeric: slots.has("numeric"),
    exact: slots.has("exact"),
    sorted: !slots.has("nosort"),
    allNodes: slots.has("all-nodes"),
  };
  const what = lone === "connection" ? "connections" : (lone ?? "services");
  return { name: "list", what, view, ...(given.service && { service: given.service }) };
}
