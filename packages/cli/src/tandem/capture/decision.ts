/** What was decided about a packet, in words. Pure. */
import { type CapturedPacket, REASONS } from "@tandem/engine/client";
import type { Tone } from "../format.ts";

/** By verdict: what is done with the packet, and how that looks. */
const DEEDS: Readonly<Record<string, readonly [deed: string, tone: Tone]>> = {
  forward: ["forward", "good"],
  drop: ["drop", "bad"],
  pass: ["pass to the host", "faint"],
  upcall: ["hold", "warn"],
};

/** Nothing else can be said of them than that the packet is forwarded. */
const ORDINARY: ReadonlySet<string> = new Set(["forwarded", "scheduled"]);

/** The parts of a decision. */
export interface Decision {
  /** `forward`, `drop` … */
  readonly deed: string;
  readonly tone: Tone;
  /** ` to 10.0.0.1:80`, or nothing. */
  readonly to: string;
  /** `scheduled, core`, and where that does not say it all, what it means. */
  readonly why: string;
}

/** What was decided. A reason or verdict of a later version is told as it is. */
export function decisionOf({
  verdict,
  reason,
  path,
  direction,
  destination,
  service,
}: CapturedPacket): Decision {
  const [deed, tone] = DEEDS[verdict] ?? [verdict, "warn"];
  const isForwarded = verdict === "forward";
  const target = direction === "to_client" ? "the client" : destination;
  const to = isForwarded && target !== undefined ? ` to ${target}` : "";
  const of = service?.startsWith("mark") ? ` for ${service}` : "";
  const says: string | undefined = Object.hasOwn(REASONS, reason)
    ? REASONS[reason as keyof typeof REASONS].says
    : undefined;
  const means = says === undefined || ORDINARY.has(reason) ? "" : `: ${says}`;
  return { deed, tone, to: `${to}${of}`, why: `${reason}, ${path === "fast" ? "fast path" : path}${means}` };
}

/** `forward to 10.0.0.1:80 (scheduled, core)`. */
export function formatDecision(packet: CapturedPacket): string {
  const { deed, to, why } = decisionOf(packet);
  return `${deed}${to} (${why})`;
}
