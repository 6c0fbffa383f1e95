/** The table around command lines that were tried and undone: what each changed, beside what it changed when it was recorded. */
import type { Invocation, Passage } from "./recording.ts";
import type { World } from "./world.ts";

/** Looks after the table of one passage. */
export interface TableWatch {
  /** What a step has changed otherwise than recorded, in words; one that we refuse must change nothing. Puts the table back. */
  settle(step: Invocation, isRefused: boolean): Promise<string | undefined>;
}

/** Begin to watch where a recording says what was changed, and put back; undefined: here it does not. */
export async function watchTable({ steps }: Passage, world: World): Promise<TableWatch | undefined> {
  if (!steps.some((step) => step.rules_added ?? step.rules_removed)) return undefined;
  const rules = async () => linesOf((await world.ipvsadm(["-S", "-n"])).stdout);
  const revision = () => world.api(async (node) => (await node.document()).revision);
  const before = await rules();
  let known = await revision();
  return {
    async settle({ rules_added = [], rules_removed = [] }, isRefused) {
      // asked for at once, the rules are not: most of what is tried is refused
      const isTouched = known !== (await revision());
      const after = isTouched ? await rules() : before;
      const added = after.filter((line) => !before.includes(line));
      const removed = before.filter((line) => !after.includes(line));
      if (added.length + removed.length > 0) {
        await world.ipvsadm(["-C"]);
        await world.ipvsadm(["-R"], { stdin: before.join("\n") });
      }
      if (isTouched) known = await revision();
      const wanted = isRefused ? toldAs([], []) : toldAs(rules_added, rules_removed);
      const got = toldAs(added, removed);
      return wanted === got ? undefined : `table: wanted ${wanted}, got ${got}`;
    },
  };
}

const linesOf = (text: string): string[] => text.split("\n").filter((line) => line !== "");

const toldAs = (added: readonly string[], removed: readonly string[]): string =>
  `${JSON.stringify(added.toSorted())} added, ${JSON.stringify(removed.toSorted())} removed`;
