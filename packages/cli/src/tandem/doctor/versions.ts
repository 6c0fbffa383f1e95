/** Versions of what Tandem stands on. */
import type { Machine } from "./machine.ts";
import type { Finding, Patient, Verdict } from "./probe.ts";

interface Requirement {
  readonly name: string;
  /** The version in words, or undefined if it is not there. */
  find(machine: Machine): string | undefined;
  readonly atLeast: string;
  readonly missing: Exclude<Verdict, "ok">;
  readonly fix: string;
}

/** Requirement of a machine that is a director; a NATS server is needed somewhere, not on each. */
const REQUIREMENTS: readonly Requirement[] = [
  {
    name: "Linux",
    find: (m) => m.read("/proc/sys/kernel/osrelease"),
    atLeast: "6.1",
    missing: "fail",
    fix: "install a kernel of Debian 12 or newer",
  },
  {
    name: "Node.js",
    find: () => process.versions.node,
    atLeast: "26",
    missing: "fail",
    fix: "run `npm run setup`",
  },
  {
    name: "libbpf",
    find: (m) => libraryVersion(m, "libbpf.so.1"),
    atLeast: "1.1",
    missing: "fail",
    fix: "apt-get install libbpf1",
  },
  {
    name: "keepalived",
    find: (m) => wordsOf(m, "keepalived", "--version"),
    atLeast: "2.2",
    missing: "warn",
    fix: "apt-get install keepalived; without it a director stands alone",
  },
  {
    name: "nats-server",
    find: (m) => wordsOf(m, "nats-server", "--version"),
    atLeast: "2.9",
    missing: "warn",
    fix: "apt-get install nats-server, unless your NATS servers run elsewhere",
  },
];
/** Known authentication bypasses were mended in this one. */
const SAFE_NATS = "2.9.23";

/** One finding per requirement. */
export function probeVersions({ machine }: Patient): Finding[] {
  return REQUIREMENTS.map((requirement) => examine(requirement, machine));
}

function examine({ name, find, atLeast, missing, fix }: Requirement, machine: Machine): Finding {
  const version = /\d+(\.\d+)+/.exec(find(machine) ?? "")?.[0];
  if (version === undefined)
    return { check: name, verdict: missing, found: `not found, wanted ${atLeast}`, fix };
  if (isOlder(version, atLeast))
    return { check: name, verdict: "fail", found: `${version}, wanted ${atLeast}`, fix };
  if (name === "nats-server" && isOlder(version, SAFE_NATS))
    return {
      check: name,
      verdict: "warn",
      found: `${version} has known authentication bypasses`,
      fix: `for production, install ${SAFE_NATS} or newer`,
    };
  return { check: name, verdict: "ok", found: version };
}

/** Compares numbers between dots; what is missing counts as 0. */
function isOlder(version: string, than: string): boolean {
  const [have, want] = [version, than].map((text) => text.split(".").map(Number)) as [number[], number[]];
  const at = want.findIndex((number, i) => (have[i] ?? 0) !== number);
  return at >= 0 && (have[at] ?? 0) < want[at]!;
}

const wordsOf = (machine: Machine, program: string, ...args: string[]): string | undefined =>
  machine.run(program, ...args)?.output;

/** Version of a shared library, from the file that its name leads to: `libbpf.so.1.1.2`. */
function libraryVersion(machine: Machine, name: string): string | undefined {
  const cache = machine.run("ldconfig", "-p")?.output ?? "";
  const path = cache
    .split("\n")
    .find((line) => line.trim().startsWith(`${name} `))
    ?.split(" => ")[1];
  const file = path && machine.follow(path);
  return file?.slice(file.lastIndexOf(".so.") + 4);
}
