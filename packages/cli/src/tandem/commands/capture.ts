/** `tandem capture`: packets as they come in, and what is decided about each. */
import {
  type CapturedPacket,
  type CaptureFilter,
  FINAL_REASONS,
  REASONS,
  UNRELATED_REASONS,
} from "@tandem/engine/client";
import { LbError } from "@tandem/model/failure";
import { describePacket } from "../capture/describe-packet.ts";
import { followPackets } from "../capture/follow-packets.ts";
import { formatLost, formatPacket } from "../capture/packet-line.ts";
import { writePackets } from "../capture/write-packets.ts";
import { type Answer, type Command, type Format, type World, withDaemon } from "../command.ts";
import { durationWithinDay, listOf, wholeNumber } from "../read-option.ts";

const VERDICTS = ["forward", "drop", "pass"] as const;

type Reason = (typeof FINAL_REASONS)[number];

interface Options {
  readonly service?: string;
  readonly client?: string;
  readonly destination?: string;
  readonly reason?: readonly Reason[];
  readonly verdict?: (typeof VERDICTS)[number];
  readonly all?: boolean;
  readonly count?: number;
  /** Milliseconds. */
  readonly duration?: number;
  readonly write?: string;
}

const MOST = 2 ** 32 - 1;

export const capture: Command<Options> = {
  options: [
    {
      flags: "--service <service>",
      help: 'only packets of this service, such as "tcp 192.0.2.1:80" or "mark 7 ipv4"',
      values: "service",
    },
    { flags: "--client <address>", help: "only packets from or to this client: address or address:port" },
    {
      flags: "--destination <address>",
      help: "only packets to or from this destination: address or address:port",
      values: "destination",
    },
    {
      flags: "--verdict <verdict>",
      help: "only packets that end so: forward, drop, or pass (to the host itself)",
      values: VERDICTS,
    },
    {
      flags: "--reason <reason>",
      help: "only packets with this reason, and others if it is given again, or with commas between",
      values: FINAL_REASONS,
      isList: true,
      read: listOf("reason", FINAL_REASONS),
    },
    {
      flags: "--all",
      help: "also packets that have nothing to do with any service; over a network, those of this capture among them",
    },
    { flags: "-c, --count <number>", help: "end after so many", read: wholeNumber("count", 1, MOST) },
    {
      flags: "--duration <time>",
      help: "end after so long: 10s, 5m, at most 1d",
      read: durationWithinDay("duration"),
    },
    {
      flags: "-w, --write <file>",
      help: "write them as pcapng instead, each with its decision as a comment; - is the standard output",
      values: "file",
    },
  ],
  examples: [
    ["capture", "all that comes in for services and from destinations, until interrupted; times are UTC"],
    ["capture --client 198.51.100.7 -c 20", "where do this client's packets go?"],
    ["capture --destination 10.0.0.11 --duration 10s", "what goes to this server, and what comes from it?"],
    ["capture --verdict drop --duration 10s", "what is dropped right now, and why?"],
    ['capture --service "tcp 192.0.2.10:80" --node lb2', "on another node of the cluster"],
    ["capture -w - | wireshark -k -i -", "with the decisions as packet comments"],
  ],
  async run({ options: { write, ...which }, format }, world) {
    if (write === undefined) return show(world, filterOf(which), format);
    if (format !== "text") throw refuseFormat(format);
    if (write === "-" && world.out.isTTY) throw refuseTerminal();
    return writePackets(write, world, filterOf(which));
  },
};

function refuseFormat(format: Format): LbError {
  const got = `"${format}" beside --write, which writes pcapng`;
  return new LbError({
    ...{ code: "invalid_argument", doing: "write packets", field: "output" },
    ...{ got, want: "one of the two" },
  });
}

function refuseTerminal(): LbError {
  const want = "a file, or a pipe behind `-w -`";
  return new LbError({ code: "refused", doing: "write packets", why: "the output is a terminal", want });
}

function filterOf(options: Omit<Options, "write">): CaptureFilter {
  const { service, client, destination, all = false, count, duration: durationMs } = options;
  return {
    reasons: reasonsOf(options),
    all,
    ...(service !== undefined && { service }),
    ...(client !== undefined && { client }),
    ...(destination !== undefined && { destination }),
    ...(count !== undefined && { limit: count }),
    ...(durationMs !== undefined && { durationMs: Math.ceil(durationMs) }),
  };
}

/** Reasons that are wanted by name, or by what they come to; none: whatever is usual. */
function reasonsOf({ reason, verdict, all }: Options): readonly string[] {
  if (verdict === undefined) return reason ?? [];
  const candidates = reason ?? FINAL_REASONS.filter((each) => all || !UNRELATED_REASONS.has(each));
  const wanted = candidates.filter((each) => REASONS[each].verdict === verdict);
  if (wanted.length > 0) return wanted;
  const got = `"${candidates.join(", ")}"`;
  const want = `with --verdict ${verdict} a reason that ends so`;
  throw new LbError({ code: "invalid_argument", doing: "capture packets", field: "reason", got, want });
}

async function* show(world: World, filter: CaptureFilter, format: Format): AsyncGenerator<Answer> {
  let isEmpty = true;
  for await (const { packets, lost } of followPackets(world, filter, "captured")) {
    if (packets.length > 0) isEmpty = false;
    if (lost > 0) yield { json: { lost }, text: (paint) => formatLost(lost, paint) };
    for (const packet of packets)
      yield { json: jsonOf(packet), text: (paint) => formatPacket(packet, paint) };
  }
  if (isEmpty && format === "text") world.err.write(await hintAt(world));
}

/** Where packets come to, if not to this node. */
async function hintAt(world: World): Promise<string> {
  const { node, role, peers } = await withDaemon(world, (asked) => asked.status());
  const active = peers.find((peer) => peer.role === "active" && peer.state !== "lost");
  if (role === "active" || role === "standalone" || !active) return "";
  return `${node} is ${role}: packets come to ${active.node}, try --node ${active.node}\n`;
}

const jsonOf = ({ data, ...packet }: CapturedPacket) => ({
  ...packet,
  summary: describePacket(data, packet.length),
  data: Buffer.from(data).toString("hex"),
});
