/** Settings of the kernel's net.ipv4.vs, from a file in the syntax of sysctl.conf(5). Pure. */
import { SYSCTLS } from "../ipvsadm/sysctl.ts";
import type { LineNote } from "./import-lines.ts";

/** What such a file comes to. */
export interface ImportedSysctls {
  /** By name under net.ipv4.vs. */
  readonly values: Readonly<Record<string, number>>;
  readonly notes: readonly LineNote[];
  readonly mistakes: readonly LineNote[];
}

const PREFIX = "net.ipv4.vs.";
const WANTED = 'wanted "name = value"';

/** Read the settings of IPVS; others are left alone. Never throws. */
export function importSysctls(text: string): ImportedSysctls {
  const values: Record<string, number> = {};
  const notes: LineNote[] = [];
  const mistakes: LineNote[] = [];
  for (const [i, raw] of text.split("\n").entries()) {
    const line = i + 1;
    const entry = raw.trim();
    if (entry === "" || /^[#;]/.test(entry)) continue;
    const [, key, value] = /^-?([^\s=]+)\s*=\s*(.*)$/.exec(entry) ?? [];
    if (key === undefined) mistakes.push({ line, text: `found "${entry.slice(0, 60)}", ${WANTED}` });
    const name = key?.replaceAll("/", ".");
    if (!name?.startsWith(PREFIX)) continue;
    const short = name.slice(PREFIX.length);
    if (!/^-?\d{1,10}$/.test(value!))
      mistakes.push({ line, text: `${short}: found "${value}", wanted a whole number` });
    else values[short] = Number(value);
    const remark = remarkOn(short, Number(value));
    if (remark !== undefined) notes.push({ line, text: `${short} = ${value}: ${remark}` });
  }
  return { values, notes, mistakes };
}

/** What has no counterpart is worth a word if somebody has set it. */
function remarkOn(name: string, value: number): string | undefined {
  const known = Object.hasOwn(SYSCTLS, name) ? SYSCTLS[name] : undefined;
  if (!known) return "left out, it has no counterpart";
  return known.apply || value === known.initial ? undefined : `left out, ${known.ours}`;
}
