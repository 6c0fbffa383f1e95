/** What a former configuration attached. */
import { HOOK_PROGRAMS } from "./fast-path-object.ts";
import type { Kept } from "./interface-keeper.ts";
import { type Attachment, detachProgram, findLink, hasProgram, listAttachments } from "./links.ts";

/**
 * Take the programs of a former configuration off the interfaces and hooks that this one does not name, once it has its own everywhere.
 * Before that, these may be all that known flows have: without them, the host would reset sessions because of a name that is misspelt.
 */
export function removeFormerPrograms(wanted: readonly Attachment[]): Kept {
  let isDone = false;

  return {
    mend(links) {
      if (isDone || !wanted.every((a) => links.has(a.link) && hasProgram(links.get(a.link)!, a.hook))) return;
      for (const { link, hook, program } of listAttachments()) {
        const isWanted = wanted.some((a) => a.link === link && a.hook === hook);
        if (!isWanted && program.name === HOOK_PROGRAMS[hook]) detachProgram(findLink(link), hook);
      }
      isDone = true;
    },
  };
}
