/** `-L`: what is listed, and how. */
import type { IpvsadmCommand, IpvsadmRefusal, ListView } from "./command.ts";
import type { Line } from "./line.ts";
import type { Slot } from "./options.ts";
import { usage } from "./refusal.ts";

/** Lists that go alone, with what they say of each other. */
const LONE_LISTS = ["connection", "timeout", "daemon"] as const;
const VIEWS: readonly Slot[] = ["stats", "rate", "thresholds", "persistent-conn", "tun-info"];

/** The list command of a line, or why there is none. */
export function listCommand({ given, slots }: Line): IpvsadmCommand | IpvsadmRefusal {
  const lone = LONE_LISTS.filter((slot) => slots.has(slot));
  const hasView = VIEWS.some(
    (slot) => slots.has(slot) && !(slot === "persistent-conn" && lone[0] === "connection"),
  );
  if (lone.length > 1 || (lone.length === 1 && hasView))
    return usage("options conflicts in the list command");
  if (lone[0] && given.service) return usage(loneConflict(lone[0]));
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
  const what = lone[0] === "connection" ? "connections" : (lone[0] ?? "services");
  return { name: "list", what, view, ...(given.service && { service: given.service }) };
}

/** The tool names the two in the order of its own table. */
function loneConflict(lone: (typeof LONE_LISTS)[number]): string {
  const [one, other] = lone === "connection" ? ["service-address", lone] : [lone, "service-address"];
  return `The option '${one}' conflicts with the '${other}' option in the 'list' command`;
}
