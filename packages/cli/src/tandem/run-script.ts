/** Another program of ours in this one's place: the same terminal, the same signals, its exit code. */
import { spawn } from "node:child_process";
import { EXIT, type ExitCode } from "./command.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Run a script with this Node. Signals are handed on and end this process only by way of the script, so that it can tidy up. */
export function runScript(path: string, args: readonly string[]): Promise<ExitCode> {
  const child = spawn(process.execPath, [path, ...args], { stdio: "inherit" });
  // a terminal sends Ctrl-C to both: handing it on would be a second one
  const handOn = (signal: NodeJS.Signals) => void (signal === "SIGTERM" && child.kill(signal));
  for (const signal of SIGNALS) process.on(signal, handOn);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      for (const signal of SIGNALS) process.off(signal, handOn);
      resolve(code === EXIT.ok || code === EXIT.usage ? code : EXIT.failed);
    });
  });
}
