import { expect, test } from "vitest";
import type { AnyCommand, CommandRow } from "../command.ts";
import { GLOBAL_OPTIONS } from "../global-options.ts";
import { complete, type LiveKind } from "./complete.ts";

const command = (is: Partial<AnyCommand>): AnyCommand => ({
  options: [],
  examples: [],
  run: async () => 0,
  ...is,
});
const row = (name: string, is: Partial<AnyCommand>, more: Partial<CommandRow> = {}): CommandRow => ({
  name,
  summary: `what ${name} does`,
  group: "look",
  load: async () => command(is),
  ...more,
});

const commands: CommandRow[] = [
  row("status", { options: [{ flags: "-w, --watch", help: "again" }] }),
  row("drain", {
    operands: [
      { name: "<destination>", help: "which", values: "destination" },
      { name: "[how]", help: "how", values: ["slowly", "now"] },
    ],
    options: [
      { flags: "--service <service>", help: "only there", values: "service" },
      { flags: "--limit <number>", help: "a number" },
      { flags: "--undo", help: "back" },
      { flags: "--state <state>", help: "in these", values: ["open", "close", "none"], isList: true },
    ],
  }),
  row("diff", { operands: [{ name: "[files...]", help: "which", values: "file" }] }),
  row("raw", { operands: [{ name: "[words...]", help: "", values: "file" }] }, { verbatim: true }),
];

const live: Record<LiveKind, string[]> = {
  service: ["tcp/192.0.2.1:80", "mark/7/ipv4"],
  endpoint: ["192.0.2.1:80"],
  destination: ["10.0.0.1:80", "10.0.0.2:80", "[2001:db8::1]:80"],
  drained: ["director"],
  part: ["settings", "tcp/192.0.2.1:80", "10.0.0.1:80"],
  node: ["lb1"],
  revision: ["42"],
};
const globals = GLOBAL_OPTIONS.flatMap(({ flags }) => /--[\w-]+/.exec(flags)!);

const cases: { typed: string; want: string | string[] }[] = [
  { typed: "", want: ["status", "drain", "diff", "raw"] },
  { typed: "d", want: ["drain", "diff"] },
  { typed: "x", want: [] },
  { typed: "--v", want: ["--version"] },
  { typed: "status --", want: ["--watch", ...globals, "--help"] },
  { typed: "status --w", want: ["--watch"] },
  { typed: "status ", want: [] },
  {
    typed: "--json drain --s",
    want: ["--service", "--state", "--socket", ...globals.filter((g) => g === "--server")],
  },
  { typed: "-o ", want: ["text", "json", "yaml"] },
  { typed: "status --output ", want: ["text", "json", "yaml"] },
  { typed: "status --output=j", want: ["--output=json"] },
  { typed: "-s ", want: "file" },
  { typed: "-s status sta", want: ["status"] },
  { typed: "drain ", want: live.destination },
  { typed: "drain 10.0.0.2", want: ["10.0.0.2:80"] },
  { typed: "drain 10.0.0.1:80 ", want: ["slowly", "now"] },
  { typed: "drain 10.0.0.1:80 now ", want: [] },
  { typed: "drain --service ", want: live.service },
  { typed: "drain --service=t", want: ["--service=tcp/192.0.2.1:80"] },
  { typed: "drain --service tcp/192.0.2.1:80 ", want: live.destination },
  { typed: "drain --limit ", want: [] },
  { typed: "drain --state ", want: ["open", "close", "none"] },
  { typed: "drain --state open,", want: ["open,close", "open,none"] },
  { typed: "drain --state open,close,n", want: ["open,close,none"] },
  { typed: "drain --state=open,c", want: ["--state=open,close"] },
  { typed: "status --output json,", want: [] },
  { typed: "drain --limit 5 10.0.0.1:80 s", want: ["slowly"] },
  { typed: "drain --undo ", want: live.destination },
  { typed: "diff a b ", want: "file" },
  { typed: "raw ", want: [] },
  { typed: "raw -L", want: [] },
  { typed: "nonsense --", want: [] },
];
for (const { typed, want } of cases) {
  test(`"tandem ${typed}" can become ${typeof want === "string" ? `a ${want}` : want.join(", ") || "nothing"}`, async () => {
    const found = await complete(typed.split(" "), commands, async (kind) => live[kind]);
    expect(typeof found === "string" ? found : found.map(([word]) => word)).toEqual(want);
  });
}

test("commands and options come with their help", async () => {
  const ask = async () => [];
  expect(await complete(["st"], commands, ask)).toEqual([["status", "what status does"]]);
  expect(await complete(["status", "--wa"], commands, ask)).toEqual([["--watch", "again"]]);
});
