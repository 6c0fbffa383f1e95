/** A service's line in listings without counters: its name, how it schedules, how its clients stay. */
import { familyOf, formatAddress, maskBytes, type PersistenceSpec } from "@tandem/model";
import type { ServiceTarget } from "../command.ts";
import { formatFlags } from "./flags.ts";
import type { Names } from "./names.ts";
import { serviceName } from "./service-name.ts";
import type { ListedService } from "./table.ts";

/** `TCP  192.0.2.1:80 wlc (flags) persistent 360 mask 255.255.255.0 pe sip ops`. */
export function serviceLine(s: ListedService, names: Names): string {
  const flags = formatFlags(s);
  const { engine } = s;
  return [
    serviceName(s, names),
    s.scheduler,
    ...(flags === undefined ? [] : [`(${flags})`]),
    ...(s.persistence ? [`persistent ${s.persistence.timeout}`] : []),
    ...(hasMask(s.persistence) ? [`mask ${formatMask(s.target, s.persistence)}`] : []),
    ...(s.persistence && engine !== undefined ? [`pe ${engine}`] : []),
    ...(s.onePacket ? ["ops"] : []),
  ].join(" ");
}

type Masked = PersistenceSpec & ({ readonly prefix: number } | { readonly mask: string });

/** Whether clients of one network stay together: a document has no prefix where each stays by itself. */
export const hasMask = (p: PersistenceSpec | undefined): p is Masked =>
  p?.prefix !== undefined || p?.mask !== undefined;

/** `255.255.255.0`, or the prefix length of IPv6. */
export function formatMask(target: ServiceTarget, { mask, prefix = 0 }: Masked): string {
  if (mask !== undefined) return mask;
  const family = "mark" in target ? target.family : familyOf(target.address);
  return family === 6 ? String(prefix) : formatAddress(maskBytes(new Uint8Array(4).fill(255), prefix));
}
