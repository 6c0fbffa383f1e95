import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { COMMANDS } from "./commands.ts";
import { referencePage } from "./reference-page.ts";

test("docs/cli.md says what the commands say of themselves: else run write-reference-page.ts", async () => {
  const page = readFileSync(join(import.meta.dirname, "../../../../docs/cli.md"), "utf8");
  expect(page).toBe(await referencePage(COMMANDS));
});

test("a command's section has its usage, operands, options with defaults and values, examples and exit codes", async () => {
  const page = await referencePage([
    {
      name: "dance",
      summary: "Move about",
      group: "operate",
      load: async () => ({
        operands: [{ name: "<partner>", help: "with <whom>" }],
        options: [
          { flags: "--tempo <bpm>", help: "how fast", default: 120 },
          { flags: "--style <name>", help: "which", values: ["waltz", "tango"], required: true },
        ],
        examples: [["dance ann --style tango", "with Ann"]],
        exitCodes: { 1: "nobody wants to" },
        run: async () => 0,
      }),
    },
    {
      name: "spy",
      summary: "Nobody knows",
      group: "operate",
      isHidden: true,
      load: async () => ({ options: [], examples: [], run: async () => 0 }),
    },
  ]);
  expect(page).toContain(`## Operate

### tandem dance

Move about.

\`\`\`
tandem dance [options] <partner>
\`\`\`

| operand | meaning |
| --- | --- |
| \`<partner>\` | with &lt;whom> |

| option | default | meaning |
| --- | --- | --- |
| \`--tempo <bpm>\` | \`120\` | how fast |
| \`--style <name>\` | required | which: \`waltz\`, \`tango\` |

\`\`\`
tandem dance ann --style tango  # with Ann
\`\`\`

| exit code | means |
| --- | --- |
| 1 | nobody wants to |
`);
  expect(page).not.toContain("spy");
});
