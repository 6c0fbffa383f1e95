/** `tandem switchover`: hand the active role to a peer, on purpose and without loss. */
import { type Command, withDaemon } from "../command.ts";

interface Options {
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

export const switchover: Command<Options> = {
  options: [
    { flags: "--dry-run", help: "say what would happen, and do nothing" },
    { flags: "--force", help: "even if no peer is live: its connections may be lost" },
  ],
  examples: [
    ["switchover --dry-run", "would it be safe?"],
    ["switchover", "on the active director, before its maintenance"],
    ["switchover", "on the same director, afterwards"],
  ],
  async run({ options: { dryRun = false, force = false } }, world) {
    const plan = await withDaemon(world, (node) => node.switchover({ dryRun, force, author: world.user }));
    const head = dryRun ? `Would go from ${plan.from} to ${plan.to}:` : `From ${plan.from} to ${plan.to}:`;
    const steps = plan.steps.map((step, i) => `  ${i + 1}. ${step}\n`).join("");
    return { json: { dryRun, ...plan }, text: (paint) => `${paint("strong", head)}\n${steps}` };
  },
};
