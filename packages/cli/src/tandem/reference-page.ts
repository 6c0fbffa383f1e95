/** docs/cli.md, made from the table of commands. */
import {
  type AnyCommand,
  COMMAND_GROUPS,
  type CommandRow,
  EXIT_CODES,
  type OperandSpec,
  type OptionSpec,
} from "./command.ts";
import { FROM_ENVIRONMENT, GLOBAL_OPTIONS } from "./global-options.ts";

interface Described {
  readonly row: CommandRow;
  readonly command: AnyCommand;
}

/** The whole page. Loads every command. */
export async function referencePage(commands: readonly CommandRow[]): Promise<string> {
  const shown = commands.filter(({ isHidden }) => !isHidden);
  const all = await Promise.all(shown.map(async (row) => ({ row, command: await row.load() })));
  const groups = Object.entries(COMMAND_GROUPS).map(([group, title]) => {
    const members = all.filter(({ row }) => row.group === group);
    return members.length === 0 ? "" : `## ${title}\n\n${members.map(commandSection).join("\n")}`;
  });
  return `${[head(), contents(shown), globals(), exitCodes(), environment(), ...groups.filter(Boolean)].join("\n")}`;
}

const head = (): string => `# The command line

Every command of \`tandem\`, made from the commands themselves by \`node packages/cli/src/tandem/write-reference-page.ts\`: change those, not this page.
How \`status\`, \`top\` and \`capture\` look: [cli-screens.md](cli-screens.md).
`;

const contents = (rows: readonly CommandRow[]): string =>
  table(
    ["command", "what it does"],
    rows.map(({ name, summary }) => [`[\`${name}\`](#tandem-${name})`, summary]),
  );

const globals = (): string => `## Options of every command

${optionTable([...GLOBAL_OPTIONS, { flags: "-h, --help", help: "display help for command" }])}
\`tandem --version\` prints the version. With \`-o json\` or \`-o yaml\` a failure is such a value, too: \`error\` with its code, its data and its message. Colours are for terminals
only, and \`NO_COLOR\` turns them off there; tables are as wide as the terminal, or, in pipes, as they need to be.
`;

const exitCodes = (): string => `## Exit codes

${exitCodeTable(EXIT_CODES)}
Where a command's own mean more, its section says so.
`;

const environment = (): string => `## Environment

${table(
  ["variable", "is"],
  Object.entries(FROM_ENVIRONMENT).map(([option, name]) => [`\`${name}\``, `\`--${option}\``]),
)}`;

function commandSection({ row, command }: Described): string {
  const { operands = [], options, examples, exitCodes: codes } = command;
  const usage = [
    "tandem",
    row.name,
    ...(options.length > 0 ? ["[options]"] : []),
    ...operands.map(({ name }) => name),
  ];
  const parts = [
    `### tandem ${row.name}\n\n${row.summary}.\n`,
    code([usage.join(" ")]),
    operands.length > 0 && operandTable(operands),
    options.length > 0 && optionTable(options),
    code(exampleLines(examples)),
    codes && exitCodeTable(codes),
  ];
  return parts.filter(Boolean).join("\n");
}

function exampleLines(examples: AnyCommand["examples"]): string[] {
  const width = Math.max(...examples.map(([line]) => line.length));
  return examples.map(([line, purpose]) => `tandem ${line.padEnd(width)}  # ${purpose}`);
}

const operandTable = (operands: readonly OperandSpec[]): string =>
  table(
    ["operand", "meaning"],
    operands.map(({ name, help }) => [`\`${name}\``, help]),
  );

const optionTable = (options: readonly OptionSpec[]): string =>
  table(
    ["option", "default", "meaning"],
    options.map((spec) => [`\`${spec.flags}\``, defaultOf(spec), meaningOf(spec)]),
  );

const defaultOf = ({ required, default: value }: OptionSpec): string =>
  required ? "required" : value === undefined ? "" : `\`${value}\``;

function meaningOf({ help, values }: OptionSpec): string {
  const words = typeof values === "string" ? [] : (values ?? []);
  if (words.every((word) => help.includes(word))) return help;
  return `${help}: ${words.map((word) => `\`${word}\``).join(", ")}`;
}

const exitCodeTable = (codes: Readonly<Record<number, string>>): string =>
  table(
    ["exit code", "means"],
    Object.entries(codes).map(([exit, meaning]) => [exit, meaning]),
  );

const code = (lines: readonly string[]): string => `\`\`\`\n${lines.join("\n")}\n\`\`\`\n`;

const table = (titles: readonly string[], rows: readonly (readonly string[])[]): string =>
  [titles, titles.map(() => "---"), ...rows.map((row) => row.map(inCell))]
    .map((cells) => `| ${cells.join(" | ")} |\n`)
    .join("");

/** What would end a cell, or begin a tag. */
const inCell = (text: string): string =>
  text.startsWith("`") ? text.replaceAll("|", "\\|") : text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
