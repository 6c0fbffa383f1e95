/** `tandem doctor`: can this machine be a director, and what stands in the way? */
import { type DocumentSpec, LbError, specOf, virtualAddressesOf } from "@tandem/model";
import { loadNodeConfigFile, NODE_CONFIG_PATH } from "../../node/config/node-config.ts";
import { tunnelsIn } from "../../node/document/tunnel-room.ts";
import { type Command, EXIT, type World, withDaemon } from "../command.ts";
import type { Finding, Patient, Probe, Verdict } from "../doctor/probe.ts";
import { PROBES } from "../doctor/probes.ts";
import { type Cell, formatPlural, formatTable, type Paint, type Tone, wrap } from "../format.ts";

interface Options {
  readonly config?: string;
  readonly document?: string;
}

export const doctor: Command<Options> = {
  options: [
    {
      flags: "--config <file>",
      help: `examine only the interfaces of this node's configuration (default: ${NODE_CONFIG_PATH}, if there)`,
      values: "file",
    },
    {
      flags: "--document <file>",
      help: "look at this document's services, too, not only at the daemon's",
      values: "file",
    },
  ],
  examples: [
    ["doctor", "before the first start, and whenever traffic goes astray"],
    ["doctor --document services.yaml", "before the daemon runs"],
  ],
  run: ({ options }, world) => examine(PROBES, options, world),
};

/** The report of `probes`. */
export async function examine(probes: readonly Probe[], options: Options, world: World) {
  const patient = {
    machine: await world.machine(),
    ...(await servedBy(options.document, world)),
    ...(await configuredIn(options.config)),
  };
  const findings = (await Promise.all(probes.map((probe) => probe(patient)))).flat();
  const failed = findings.some(({ verdict }) => verdict === "fail");
  return {
    json: { ok: !failed, findings },
    text: (paint: Paint) => formatFindings(findings, paint),
    exitCode: failed ? EXIT.usage : EXIT.ok,
  };
}

/** A daemon that does not answer is no failure here: examining comes first. */
async function servedBy(
  file: string | undefined,
  world: World,
): Promise<Pick<Patient, "virtualAddresses" | "marksWithoutRule" | "tunnels">> {
  const written = file === undefined ? [] : [(await world.readDocument(file)).spec];
  const running = await withDaemon(world, (node) => node.document()).then(
    (document) => [specOf(document)],
    () => [],
  );
  const documents = [...written, ...running];
  const services = documents.flatMap((document) => document.services);
  return {
    virtualAddresses: [...virtualAddressesOf(services)],
    marksWithoutRule: [...new Set(documents.flatMap(marksWithoutRule))],
    tunnels: documents.flatMap(tunnelsIn),
  };
}

const marksWithoutRule = ({ services, marks }: DocumentSpec): number[] =>
  services.flatMap(({ mark }) =>
    mark === undefined || marks.some((rule) => rule.mark === mark) ? [] : [mark],
  );

/** Where nothing was said, a configuration may be missing; one that is wrong may not. */
async function configuredIn(file: string | undefined): Promise<Pick<Patient, "interfaces" | "hasVrrp">> {
  try {
    const { interfaces, vrrp } = await loadNodeConfigFile(file);
    return { interfaces: interfaces.map(({ name }) => name), hasVrrp: vrrp !== undefined };
  } catch (error) {
    const isMissing = error instanceof LbError && error.failure.code === "not_found";
    if (isMissing && file === undefined) return { interfaces: undefined, hasVrrp: false };
    throw error;
  }
}

const TONES: Record<Verdict, Tone> = { ok: "good", warn: "warn", fail: "bad" };

const COLUMNS = [{ title: "" }, { title: "CHECK" }, { title: "FOUND", least: 12, wraps: true }] as const;
/** Of the lines that a remedy goes on in, characters: below the check's name. */
const INDENT = 8;

/** A table of all findings, what to do below each that is not ok, and a sum. */
export function formatFindings(findings: readonly Finding[], paint: Paint): string {
  const rows = findings.map(({ check, verdict, found }): Cell[] => [[TONES[verdict], verdict], check, found]);
  const table = formatTable(COLUMNS, rows, paint);
  return `${table}\n${formatFixes(findings, paint)}${formatSum(findings, paint)}`;
}

function formatFixes(findings: readonly Finding[], paint: Paint): string {
  const fixes = Map.groupBy(
    findings.filter(({ fix }) => fix !== undefined),
    ({ fix }) => fix!,
  );
  if (fixes.size === 0) return "";
  const lines = [...fixes].map(([fix, [first]]) => {
    const { verdict, check } = first!;
    return wrap(`  ${paint(TONES[verdict], verdict)}  ${check}: ${fix}`, paint.width, INDENT);
  });
  return `What to do:\n${lines.join("")}\n`;
}

function formatSum(findings: readonly Finding[], paint: Paint): string {
  const count = (wanted: Verdict) => findings.filter(({ verdict }) => verdict === wanted).length;
  const [warnings, failures] = [count("warn"), count("fail")];
  if (failures > 0)
    return `${paint("bad", `Tandem cannot run here: ${formatPlural(failures, "thing")} missing or wrong`)}\n`;
  if (warnings > 0) return `${paint("warn", `Tandem can run here; ${formatPlural(warnings, "warning")}`)}\n`;
  return `${paint("good", "Tandem can run here")}\n`;
}
