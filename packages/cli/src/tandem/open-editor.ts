/** The operator's own editor, in this terminal. */
import { spawn } from "node:child_process";
import { LbError } from "@tandem/model/failure";

/** Open a file in `$VISUAL`, `$EDITOR` or vi, and wait until it is closed. @throws LbError refused, if the editor cannot be started or fails */
export function openEditor(path: string, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const editor = env.VISUAL || env.EDITOR || "vi";
  const refused = (why: string) =>
    new LbError({
      code: "refused",
      doing: `edit with "${editor}"`,
      why,
      want: "an editor that ends with 0, in $VISUAL or $EDITOR",
    });
  // a shell, because the variable may hold options as well
  const child = spawn("/bin/sh", ["-c", `${editor} "$1"`, "sh", path], { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(refused(error.message)));
    child.once("exit", (code, signal) =>
      code === 0 ? resolve() : reject(refused(`it ended with ${signal ?? code}`)),
    );
  });
}
