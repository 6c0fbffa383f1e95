/** `ip` and `tc`, for the few things that are done once at start or at clean-up. */
import { execFileSync } from "node:child_process";
import { LbError } from "@tandem/model";

/** Run a command of iproute2 and return what it prints. Throws `LbError` (refused) with the command's own complaint. */
export function runCommand(command: "ip" | "tc" | "mount" | "sysctl", args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (cause) {
    const { stderr, message } = cause as { stderr?: string; message: string };
    const why = (stderr?.trim() || message).split("\n")[0]!;
    const doing = `run "${[command, ...args].join(" ")}"`;
    throw new LbError({ code: "refused", doing, why, want: "it to succeed" }, { cause });
  }
}
