/** Numbers in columns, as ipvsadm writes counters. */

/** Where a suffix begins, and by what it divides (ipvsadm 1.31: K from 10^8, M from 10^9, G from 10^11, T from 10^14). */
const SCALES = [
  { from: 1e14, by: 1e12, suffix: "T" },
  { from: 1e11, by: 1e9, suffix: "G" },
  { from: 1e9, by: 1e6, suffix: "M" },
  { from: 1e8, by: 1e3, suffix: "K" },
] as const;

const WIDTH = 9;

/** A counter in nine columns; exact ones that do not fit stand after a blank. */
export function formatCounter(value: number, exact: boolean): string {
  const whole = Math.floor(value);
  if (exact) return String(whole).length < WIDTH ? String(whole).padStart(WIDTH) : ` ${whole}`;
  const scale = SCALES.find(({ from }) => whole >= from);
  if (!scale) return String(whole).padStart(WIDTH);
  return `${Math.floor(whole / scale.by)}${scale.suffix}`.padStart(WIDTH);
}
