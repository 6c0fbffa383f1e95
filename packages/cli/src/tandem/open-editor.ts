/** The operator's own editor, in this terminal. */
import { spawn } from "node:child_process";
import { LbError } from "@tandem/model/failure";

/**
 * Open a file in `$VISUAL`, `$EDITOR` or vi, and wait until it is closed.
 *
 * @param isTerminal whether somebody sits here: without, only an editor that was named is started, which may be a script
 * @throws LbError refused, if the editor cannot be started or fails
 */
export async function openEditor(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): Promise<void> {
  const named = env.VISUAL || env.EDITOR;
  if (!named && !isTerminal) throw noTerminal();
  const editor = named || "vi";
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

const noTerminal = (): LbError =>
  new LbError({
    code: "refused",
    doing: "edit",
    why: "this is no terminal",
    want: "one; in scripts: `tandem get` and `tandem set`, or `tandem export >FILE` and `tandem apply -f FILE`",
  });
