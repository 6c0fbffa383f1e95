/** Services that a recording shows and that none of its commands has added: they stood when it began. */
import type { IpvsadmCommand } from "../../../packages/cli/src/ipvsadm/command.ts";
import { isRefusal, parseIpvsadm } from "../../../packages/cli/src/ipvsadm/parse.ts";
import { type Invocation, wordsOf } from "./recording.ts";

/** Lines for `-R` that make what stood when a recording began. */
export function standingLines(steps: readonly Invocation[]): string[] {
  const added = new Set(steps.flatMap(commandsIn).flatMap(keyOfAdded));
  const shown = new Map<string, string>();
  const beginning = steps.slice(0, firstIndex(steps, isClearing));
  for (const lines of beginning
    .map(linesIn)
    .toSorted((a, b) => b.rank - a.rank)
    .map(({ lines }) => lines))
    for (const line of lines) {
      const [key] = keyOfAdded(parseIpvsadm(line.split(" ")) as IpvsadmCommand);
      if (key !== undefined && !added.has(key) && !shown.has(key)) shown.set(key, line);
    }
  // services before real servers
  return [...shown.values()].toSorted((a, b) => Number(a.startsWith("-a")) - Number(b.startsWith("-a")));
}

const firstIndex = <T>(items: readonly T[], is: (item: T) => boolean): number => {
  const at = items.findIndex(is);
  return at < 0 ? items.length : at;
};

const isClearing = ({ cmd }: Invocation): boolean => /^ipvsadm (-C|--clear|-R|--restore)\b/.test(cmd);

/** Commands of a step and of its input that were carried out. */
function commandsIn(step: Invocation): IpvsadmCommand[] {
  const lines = [
    ...(step.rc === 0 ? [wordsOf(step) ?? []] : []),
    ...(step.stdin ?? "").split("\n").map((line) => line.trim().split(/\s+/)),
  ];
  return lines
    .map((words) => parseIpvsadm(words))
    .filter((command) => !isRefusal(command)) as IpvsadmCommand[];
}

function keyOfAdded(command: IpvsadmCommand): string[] {
  if (command.name === "add-service") return [JSON.stringify(command.service)];
  return command.name === "add-server" ? [JSON.stringify([command.service, command.server])] : [];
}

/** What a step shows of the table, as lines; a source of higher rank says more. */
function linesIn(step: Invocation): { readonly rank: number; readonly lines: readonly string[] } {
  const { cmd, stdout } = step;
  if (/^ipvsadm (-S|--save)/.test(cmd))
    return { rank: 3, lines: stdout.split("\n").filter((line) => line !== "") };
  if (cmd === "cat /proc/net/ip_vs") return { rank: 1, lines: procLines(stdout) };
  return stdout.includes(HEADER) ? { rank: 2, lines: listedLines(stdout) } : { rank: 0, lines: [] };
}

const HEADER = "RemoteAddress:Port           Forward Weight ActiveConn InActConn\n";
const SELECTORS: Readonly<Record<string, string>> = { TCP: "-t", UDP: "-u", SCTP: "--sctp-service" };
const METHODS: Readonly<Record<string, string>> = { Masq: "-m", Local: "-m", Route: "-g", Tunnel: "-i" };

/** `TCP  10.0.0.100:444 rr persistent 300 mask 255.255.255.0` and `  -> 192.168.1.11:444  Masq    1 …`. */
function listedLines(stdout: string): string[] {
  let target = "";
  return stdout.split("\n").flatMap((line) => {
    const server = /^ {2}-> (\S+) +(Masq|Local|Route|Tunnel) +(\d+)/.exec(line);
    if (server) return [`-a ${target} -r ${server[1]} ${METHODS[server[2]!]} -w ${server[3]}`];
    const service = /^(TCP|UDP|SCTP|FWM) +(-?\d+(?: IPv6)?(?= )|\S+:\S+) (\w+)(.*)$/.exec(line);
    if (!service) return [];
    const [, name, end, scheduler, rest] = service as unknown as [string, string, string, string, string];
    target =
      name === "FWM"
        ? `-f ${Number.parseInt(end, 10) >>> 0}${end.endsWith("IPv6") ? " -6" : ""}`
        : `${SELECTORS[name]} ${end}`;
    const options = rest
      .replace(/ \((\S+)\)/, " -b $1")
      .replace(/ persistent /, " -p ")
      .replace(/ mask /, " -M ")
      .replace(/ pe /, " --pe ")
      .replace(/ ops/, " -o");
    return [`-A ${target} -s ${scheduler}${options.trimEnd()}`];
  });
}

/** Jiffies of the recorded kernel. */
const HZ = 250;

/** `TCP  0A000064:01BB wlc  persistent 75000 FFFFFFFF` and `  -> C0A8010C:01BB      Route   1 …`, newest first. */
function procLines(stdout: string): string[] {
  const blocks = stdout.split(/\n(?=TCP|UDP|SCTP|FWM)/).slice(1);
  return blocks.flatMap((block) => {
    const [head = "", ...rest] = block.split("\n");
    const [, name = "", end = "", scheduler] = /^(\w+) +(\S+) (\w+)/.exec(head) ?? [];
    const servers = rest.flatMap((line) => {
      const match = /^ {2}-> (\S+) +(Masq|Local|Route|Tunnel) +(\d+)/.exec(line);
      return match ? [{ end: hexEnd(match[1]!), method: METHODS[match[2]!], weight: match[3] }] : [];
    });
    if (name === "FWM" && servers.length === 0) return []; // of which family it is, is not told
    const isIpv6 = servers.some((server) => server.end.startsWith("["));
    const target =
      name === "FWM"
        ? `-f ${Number.parseInt(end, 16)}${isIpv6 ? " -6" : ""}`
        : `${SELECTORS[name]} ${hexEnd(end)}`;
    const [, jiffies, mask] = /persistent (\d+) ([0-9A-F]{8})/.exec(head) ?? [];
    const options = [
      ...(jiffies === undefined ? [] : [`-p ${Number(jiffies) / HZ}`, ...maskOf(mask!, end.startsWith("["))]),
      ...(/ ops( |$)/.test(head) ? ["-o"] : []),
    ];
    return [
      [`-A ${target} -s ${scheduler}`, ...options].join(" "),
      ...servers.toReversed().map((d) => `-a ${target} -r ${d.end} ${d.method} -w ${d.weight}`),
    ];
  });
}

/** A mask as it lies in memory: of IPv6, the length of the prefix in the first byte's place. */
function maskOf(hex: string, isIpv6: boolean): string[] {
  if (hex === "FFFFFFFF" || (isIpv6 && hex.startsWith("80"))) return [];
  return ["-M", isIpv6 ? String(Number.parseInt(hex.slice(0, 2), 16)) : quads(hex)].slice(0, 2);
}

const quads = (hex: string): string =>
  (hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).join(".");

function hexEnd(text: string): string {
  const at = text.lastIndexOf(":");
  const port = Number.parseInt(text.slice(at + 1), 16);
  return text.startsWith("[") ? `${text.slice(0, at)}:${port}` : `${quads(text.slice(0, at))}:${port}`;
}
