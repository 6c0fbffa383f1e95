/** Recorded command lines that only have to succeed. */
import type { Director } from "./director.ts";
import type { Ledger } from "./ledger.ts";

/** Carry them out in order. False: one of them cannot be, and the ledger knows. */
export function runCommands(
  director: Director,
  lines: readonly string[],
  ledger: Ledger,
  step = "commands",
): boolean {
  return lines.every((line) => {
    const ran = director.run(line);
    if (!ran) return ledger.cannot(step, `unknown command "${line}"`);
    return ran.exit === 0 || ledger.cannot(step, `"${line}": ${ran.message}`);
  });
}

/** Set the kernel's settings by name. False: one of them is not known. */
export function runSettings(
  director: Director,
  settings: Readonly<Record<string, unknown>>,
  ledger: Ledger,
): boolean {
  return Object.entries(settings).every(
    ([name, value]) =>
      director.sysctl(name, Number(value)) || ledger.cannot("sysctl", `unknown sysctl "${name}"`),
  );
}
