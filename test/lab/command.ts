import { spawn } from "node:child_process";
import { LabError } from "./failure.ts";

/** How a command ended. */
export interface CommandResult {
  /** Exit code, or 128 when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a command. */
export interface CommandOptions {
  /** Written to the command's stdin, which is then closed. */
  readonly input?: string;
  /** Resolve with a non-zero `code` instead of rejecting. */
  readonly allowFailure?: boolean;
}

/**
 * Run a command to its end.
 *
 * @throws LabError when it cannot be started, or ends with another code than 0 and `allowFailure` is not set
 */
export async function runCommand(
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const result = await collect(argv, options.input ?? "");
  if (result.code !== 0 && !options.allowFailure) {
    const said = result.stderr.trim() || result.stdout.trim() || "nothing";
    throw new LabError(`Cannot run "${argv.join(" ")}": exit code ${result.code}, it said "${said}"`);
  }
  return result;
}

function collect(argv: readonly string[], input: string): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0]!, argv.slice(1));
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
    child.on("error", (cause) =>
      reject(new LabError(`Cannot start "${argv[0]}": ${cause.message}`, { cause })),
    );
    child.on("close", (code) => resolve({ code: code ?? 128, ...output }));
    child.stdin.on("error", () => {}); // the command may end without reading its input
    child.stdin.end(input);
  });
}

/** The argv that runs a command in a network namespace. Unlike `ip netns exec` it leaves the mounts alone, so bpffs stays visible. */
export function inNamespace(namespace: string, argv: readonly string[]): string[] {
  return ["nsenter", `--net=${namespacePath(namespace)}`, "--", ...argv];
}

/** Where `ip netns` keeps the handle of a namespace. */
export function namespacePath(namespace: string): string {
  return `/run/netns/${namespace}`;
}
