/** Captured packets as lines for people. Pure. */
import { stripVTControlCharacters } from "node:util";
import type { CapturedPacket } from "@tandem/engine/client";
import { formatPlural, type Paint, wrap } from "../format.ts";
import { decisionOf } from "./decision.ts";
import { describePacket } from "./describe-packet.ts";

/** Of what does not fit into a line. */
const INDENT = 4;

/**
 * `04:31:07.123456 eth0 IP 198.51.100.7.40112 > 192.0.2.10.80: Flags [S], seq 1, win 64240, length 0  → forward to 10.0.0.1:80 (scheduled, core)`,
 * or where that is too long, the decision on a line of its own.
 */
export function formatPacket(packet: CapturedPacket, paint: Paint): string {
  const { deed, tone, to, why } = decisionOf(packet);
  const from = paint("faint", `${formatClock(packet.timeMs)} ${packet.interface}`);
  const seen = `${from} ${describePacket(packet.data, packet.length)}`;
  const decided = `→ ${paint(tone, deed)}${to} (${why})`;
  const line = `${seen}  ${decided}`;
  if (stripVTControlCharacters(line).length <= paint.width) return `${line}\n`;
  return wrap(seen, paint.width, INDENT) + wrap(`${" ".repeat(INDENT)}${decided}`, paint.width, 2 * INDENT);
}

/** Where packets are missing. */
export const formatLost = (lost: number, paint: Paint): string =>
  `${paint("warn", `… ${formatPlural(lost, "packet")} lost: more came than could be shown`)}\n`;

/** `04:31:07.123456`, UTC, of milliseconds since 1970. */
function formatClock(timeMs: number): string {
  const timeUs = Math.round(timeMs * 1000);
  const toMs = new Date(Math.floor(timeUs / 1000)).toISOString().slice(11, 23);
  return `${toMs}${String(timeUs % 1000).padStart(3, "0")}`;
}
