/** Events as lines for people. */
import { EVENT_KINDS, type EventKind, type NodeEvent } from "@tandem/engine/client";
import type { OptionSpec } from "./command.ts";
import { formatTime, type Paint, type Tone, wrap } from "./format.ts";
import { oneOf } from "./read-option.ts";

const readKind = oneOf("kind", EVENT_KINDS);

/** Which kinds; given again and again, or with commas between. */
export const KIND_OPTION: OptionSpec = {
  flags: "-k, --kind <kind>",
  help: `only this kind, and others if it is given again: ${EVENT_KINDS.join(", ")}`,
  values: EVENT_KINDS,
  read: (text, before) => [...((before as EventKind[]) ?? []), ...text.split(",").map(readKind)],
};

const TONES: Record<NodeEvent["severity"], Tone> = { info: "faint", warning: "warn", error: "bad" };
/** Of what does not fit into a line. */
const INDENT = 4;
const KIND_WIDTH = Math.max(...EVENT_KINDS.map((kind) => kind.length));

/** `2026-11-23 04:31:07 UTC  lb1  health       tcp 192.0.2.1:80 -> 10.0.0.1:80 is down: connection refused`. */
export function formatEvent({ timeMs, node, kind, severity, text }: NodeEvent, paint: Paint): string {
  const head = paint("faint", `${formatTime(timeMs)}  ${node}`);
  const says = severity === "info" ? text : paint(TONES[severity], text);
  const line = `${head}  ${paint(TONES[severity], kind.padEnd(KIND_WIDTH))}  ${says}`;
  return wrap(line, paint.width, INDENT);
}
