/** `tandem explain`: why a packet goes where it goes. */
import type { DestinationStatus, ExplanationStatus, RemoteNode, ServiceStatus } from "@tandem/engine/client";
import { formatEndpoint, LbError, serviceKey } from "@tandem/model";
import { type Command, withDaemon } from "../command.ts";
import { connectionWords } from "../connection-words.ts";
import { type Cell, formatCount, formatFacts, formatTable, type Paint, type Tone } from "../format.ts";
import { wholeNumber } from "../read-option.ts";

interface Options {
  readonly mark?: number;
  readonly interface?: string;
}

export const explain: Command<Options> = {
  operands: [
    { name: "<protocol>", help: "tcp, udp or sctp", values: ["tcp", "udp", "sctp"] },
    { name: "<client>", help: "address:port that it comes from; address alone: some port" },
    { name: "<virtual>", help: "address:port that it goes to", values: "endpoint" },
  ],
  options: [
    {
      flags: "--mark <number>",
      help: "firewall mark that it carries; else the document's rules give it one",
      read: wholeNumber("mark", 1, 0xffff_ffff),
    },
    { flags: "--interface <name>", help: "interface that it comes in by, for the document's rules" },
  ],
  examples: [
    ["explain tcp 198.51.100.7:40112 192.0.2.10:80", "where is this connection, or where would it go?"],
    ["explain udp 2001:db8:1::7 '[2001:db8::10]:53'", "some port of this client"],
    ["explain tcp 198.51.100.7 192.0.2.10:80 --mark 7", "as if it came with the mark 7"],
  ],
  async run({ operands: [protocol = "", client = "", virtual = ""], options }, world) {
    const question = { protocol, client, virtual, mark: 0, ...options };
    return withDaemon(world, async (node) => {
      const explanation = await node.explain(question);
      const whyNot = await reasonsOf(explanation, node);
      return { json: explanation, text: (paint) => formatExplanation(explanation, whyNot, paint) };
    });
  },
};

const VERDICT_TONES: Readonly<Record<string, Tone>> = { forward: "good", drop: "bad", pass: "warn" };

/** Why destinations are not usable, by endpoint. */
type WhyNot = ReadonlyMap<string, string>;

/** What is known of those that the scheduler may not pick: an explanation without it is one, too. */
async function reasonsOf({ service, scheduler }: ExplanationStatus, node: RemoteNode): Promise<WhyNot> {
  if (!service || !scheduler || scheduler.candidates.every(({ usable }) => usable)) return new Map();
  const services = await node.services().catch((error): ServiceStatus[] => {
    if (error instanceof LbError) return [];
    throw error;
  });
  const destinations = services.find((s) => serviceKey(s) === service.key)?.destinations ?? [];
  return new Map(destinations.map((d) => [formatEndpoint(d.address, d.port), whyNotUsable(d)]));
}

function whyNotUsable({ health, why, configuredWeight, overloaded }: DestinationStatus): string {
  if (health === "down") return `down${why && `: ${why}`}`;
  if (overloaded) return "overloaded";
  return why || (configuredWeight === 0 ? "its weight is 0" : "");
}

/** What happens first, then why. */
function formatExplanation(e: ExplanationStatus, whyNot: WhyNot, paint: Paint): string {
  const { name, reason, says } = e.verdict;
  const verdict = `${paint(VERDICT_TONES[name] ?? "strong", name)}: ${says} (${reason})`;
  const facts: (readonly [name: string, fact: string])[] = [
    ["Verdict", `${verdict}, on ${e.node}`],
    ["Service", e.service ? `${paint("strong", e.service.key)}: ${e.service.why}` : "none"],
    ["Connection", e.connection ? formatConnection(e.connection) : ""],
    ["Template", e.template ? formatConnection(e.template) : ""],
    ["Scheduler", e.scheduler ? formatPick(e.scheduler, paint) : ""],
    ...e.rewriting.map((sentence, i) => [i === 0 ? "Rewriting" : "", sentence] as const),
    ["Ends", e.ends],
  ];
  const known = facts.filter(([, fact]) => fact !== "");
  return `${formatFacts(known, paint.width)}${e.scheduler ? `\n${formatCandidates(e.scheduler, whyNot, paint)}` : ""}`;
}

type Connection = NonNullable<ExplanationStatus["connection"]>;
type Schedule = NonNullable<ExplanationStatus["scheduler"]>;

function formatConnection(c: Connection): string {
  const { state, client, virtual, destination } = connectionWords(c);
  return `${state}, ${client} -> ${virtual} -> ${destination} (${c.method}), owned by ${c.owner}`;
}

const formatPick = ({ name, pick }: Schedule, paint: Paint): string =>
  `${name}, picks ${pick === undefined ? paint("bad", "nobody") : pick}`;

function formatCandidates({ candidates, pick }: Schedule, whyNot: WhyNot, paint: Paint): string {
  if (candidates.length === 0) return "No destinations.\n";
  const columns = [
    { title: "DESTINATION" },
    { title: "WEIGHT", align: "right" as const },
    { title: "ACTIVE", align: "right" as const },
    { title: "INACTIVE", align: "right" as const },
    { title: "USABLE", least: 20, wraps: true },
  ];
  const rows = candidates.map((c): Cell[] => [
    c.destination === pick ? ["strong", c.destination] : c.destination,
    formatCount(c.weight),
    formatCount(c.active),
    formatCount(c.inactive),
    c.usable ? "yes" : ["warn", `no: ${whyNot.get(c.destination) || guess(c)}`],
  ]);
  return formatTable(columns, rows, paint);
}

/** By what the scheduler sees. */
const guess = ({ overloaded }: Schedule["candidates"][number]): string =>
  overloaded ? "overloaded" : "its weight is 0";
