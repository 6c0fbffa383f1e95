/** The rules of the house that a script can check. Each test lists every offender, so that one run shows all there is to mend. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const packages = join(root, "packages");

/** What each package may import of the others. `cli` is the roof, `model` the ground; the four wings never look at each other. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  model: [],
  engine: ["@tandem/model", "@tandem/model/failure"],
  sync: ["@tandem/model"],
  health: ["@tandem/model"],
  "keepalived-config": ["@tandem/model"],
  cli: [
    "@tandem/model",
    "@tandem/model/failure",
    "@tandem/engine",
    "@tandem/engine/client",
    "@tandem/sync",
    "@tandem/health",
    "keepalived-config",
  ],
};
const OURS = /^(@tandem\/[a-z-]+|keepalived-config)(\/.*)?$/;

/**
 * What each pure folder of the engine may import of the others, on its way from bytes to decisions. `core/layout.ts`, the layout of what is shared
 * with the fast path, is everybody's.
 */
const ENGINE_MAY_IMPORT: Record<string, readonly string[]> = {
  packet: [],
  protocols: ["packet/"],
  rewrite: ["packet/"],
  schedulers: ["packet/", "core/record.ts", "core/word-map.ts"],
  core: ["packet/", "protocols/", "rewrite/", "schedulers/", "dataplane/dataplane.ts"],
};

/** The folders of a running node, each on those before it; what lies beside them puts them together. */
const NODE_FOLDERS = [
  "machine",
  "config",
  "events",
  "vrrp",
  "seat",
  "cluster",
  "document",
  "services",
  "connections",
  "status",
  "doors",
];

/** Folders and files that depend on their arguments alone. */
const PURE = [
  "model/src",
  "engine/src/packet",
  "engine/src/protocols",
  "engine/src/schedulers",
  "engine/src/core",
  "engine/src/rewrite",
  "keepalived-config/src",
  "sync/src/step",
  "sync/src/call",
  "sync/src/wire",
  "health/src/dampen.ts",
  "health/src/weight-policy.ts",
  "health/src/pace.ts",
];
const IMPURE = /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|setTimeout|setInterval|process\.)/;

interface Source {
  /** Path below packages/. */
  path: string;
  text: string;
  imports: string[];
}

function sourcesBelow(dir: string): Source[] {
  return readdirSync(dir, { recursive: true, encoding: "utf8" })
    .filter((p) => p.endsWith(".ts") && !p.includes("node_modules") && !p.includes("generated"))
    .map((p) => {
      const text = readFileSync(join(dir, p), "utf8");
      const imports = [...text.matchAll(/(?:^|\n)(?:import|export)[^;]*?from\s+"([^"]+)"/g)].map(
        (m) => m[1]!,
      );
      return { path: relative(packages, join(dir, p)), text, imports };
    });
}

const sources = sourcesBelow(packages);
const isTest = (s: Source) => /\.(test|contract)\.ts$|\/testing[a-z-]*(\/|\.ts)/.test(s.path);
const isPure = (s: Source) => PURE.some((p) => s.path === p || s.path.startsWith(`${p}/`));

test("packages import only what they may, and by the package's door", () => {
  const offenders = sources.flatMap((s) => {
    const name = s.path.split("/")[0]!;
    const own = name === "keepalived-config" ? name : `@tandem/${name}`;
    return s.imports
      .filter((i) => OURS.test(i) && (i.startsWith(own) || !allowed(name, i, isTest(s))))
      .map((i) => `${s.path}: ${i}`);
  });
  expect(offenders).toEqual([]);
});

function allowed(name: string, specifier: string, inTest: boolean): boolean {
  const door = inTest ? specifier.replace(/\/testing$/, "") : specifier;
  return MAY_IMPORT[name]!.includes(door);
}

test("no relative import leaves its package", () => {
  const offenders = sources.flatMap((s) => {
    const home = s.path.split("/")[0]!;
    const escapes = (i: string) =>
      i.startsWith(".") &&
      relative(join(packages, home), resolve(packages, dirname(s.path), i)).startsWith("..");
    return s.imports.filter(escapes).map((i) => `${s.path}: ${i}`);
  });
  expect(offenders).toEqual([]);
});

test("the engine's pure folders import only what lies before them on a packet's way", () => {
  const engine = join(packages, "engine/src");
  const offenders = Object.entries(ENGINE_MAY_IMPORT).flatMap(([folder, allowed]) =>
    sources
      .filter((s) => s.path.startsWith(`engine/src/${folder}/`) && !isTest(s))
      .flatMap((s) => {
        const targets = s.imports
          .filter((i) => i.startsWith("."))
          .map((i) => relative(engine, resolve(packages, dirname(s.path), i)));
        const isAllowed = (t: string) =>
          [`${folder}/`, "core/layout.ts", ...allowed].some((prefix) => t.startsWith(prefix));
        return targets.filter((t) => !isAllowed(t)).map((t) => `${s.path}: ${t}`);
      }),
  );
  expect(offenders).toEqual([]);
});

test("a running node and ipvsadm need nothing of the command line but its words for numbers", () => {
  const offenders = sources.flatMap((s) =>
    /^cli\/src\/(node|ipvsadm)\//.test(s.path) && !isTest(s)
      ? s.imports
          .filter((i) => i.includes("/tandem/") && !i.endsWith("/tandem/format.ts"))
          .map((i) => `${s.path}: ${i}`)
      : [],
  );
  expect(offenders).toEqual([]);
});

test("a running node's folders import only those before them, and nothing of what puts them together", () => {
  const node = join(packages, "cli/src/node");
  const folderOf = (path: string) => (path.includes("/") ? path.split("/")[0]! : "compose");
  const order = [...NODE_FOLDERS, "compose"];
  const offenders = sources
    .filter((s) => s.path.startsWith("cli/src/node/") && !isTest(s))
    .flatMap((s) => {
      const own = order.indexOf(folderOf(s.path.slice("cli/src/node/".length)));
      const targets = s.imports
        .filter((i) => i.startsWith("."))
        .map((i) => relative(node, resolve(packages, dirname(s.path), i)))
        .filter((t) => !t.startsWith(".."));
      const isLater = (t: string) => own < 0 || order.indexOf(folderOf(t)) > own;
      return targets.filter(isLater).map((t) => `${s.path}: ${t}`);
    });
  expect(offenders).toEqual([]);
});

test("of the data plane the core knows the types alone", () => {
  const value = /(?:^|\n)(?:import|export) (?!type )[^;]*?from "(?:\.\.\/)+dataplane\//;
  const offenders = sources.filter(
    (s) => s.path.startsWith("engine/src/core/") && !isTest(s) && value.test(s.text),
  );
  expect(offenders.map((s) => s.path)).toEqual([]);
});

test("docs/ARCHITECTURE.md has a place for every file of the core, and no other", () => {
  const map = /## The core, by what one looks for\n([\s\S]*?)Where something new goes/.exec(
    readFileSync(join(root, "docs/ARCHITECTURE.md"), "utf8"),
  )![1]!;
  const named = [...map.matchAll(/`([a-z-]+)`/g)].map((m) => m[1]!);
  const files = sources.filter((s) => s.path.startsWith("engine/src/core/") && !isTest(s));
  expect(named.toSorted()).toEqual(files.map((s) => basename(s.path, ".ts")).toSorted());
});

test("pure folders import no node: module and know neither clock nor chance", () => {
  const offenders = sources
    .filter((s) => isPure(s) && !isTest(s))
    .filter((s) => s.imports.some((i) => i.startsWith("node:")) || IMPURE.test(withoutComments(s.text)))
    .map((s) => s.path);
  expect(offenders).toEqual([]);
});

test("only dataplane/kernel talks to the foreign function interface", () => {
  const offenders = sources.filter(
    (s) => s.imports.includes("koffi") && !s.path.startsWith("engine/src/dataplane/kernel/"),
  );
  expect(offenders.map((s) => s.path)).toEqual([]);
});

test("only erasable TypeScript, and no default exports", () => {
  const forbidden = /^\s*(export\s+)?(const\s+)?enum\s|^\s*(export\s+)?namespace\s|^export default/m;
  expect(sources.filter((s) => forbidden.test(s.text)).map((s) => s.path)).toEqual([]);
});

test("everything at a package's door has a docstring", () => {
  const offenders = Object.keys(MAY_IMPORT).flatMap((name) => {
    const door = sources.find((s) => s.path === `${name}/src/index.ts`);
    if (!door) return name === "cli" ? [] : [`${name}/src/index.ts is missing`];
    return door.imports.filter((i) => i.startsWith(".")).flatMap((i) => undocumented(join(name, "src", i)));
  });
  expect(offenders).toEqual([]);
});

/**
 * Exported functions, constants and interfaces of a file, and of those that it passes on as a whole, whose line before is not the end of a docstring or
 * another export of the same group.
 */
function undocumented(path: string): string[] {
  const source = sources.find((s) => s.path === path);
  if (!source) return [`${path} is missing`];
  const lines = source.text.split("\n");
  return lines.flatMap((line, i) => {
    const passedOn = /^export (?:type )?\* from "(\.[^"]+)"/.exec(line)?.[1];
    if (passedOn) return undocumented(join(dirname(path), passedOn));
    const name = /^export (?:async )?(?:function\*?|const|interface|class|type) (\w+)/.exec(line)?.[1];
    if (!name || /^export type \w+ = (z\.infer|\(typeof|keyof typeof|typeof)/.test(line)) return [];
    return /\*\/\s*$/.test(lines[i - 1] ?? "") ? [] : [`${path}:${i + 1} ${name}`];
  });
}

test("names do not end in words that say nothing", () => {
  const empty =
    /\b(?:export )(?:class|function|const|interface|type) \w+(Manager|Helper|Util|Utils|Common|Base|Impl|Info)\b/;
  expect(sources.filter((s) => empty.test(s.text)).map((s) => s.path)).toEqual([]);
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");
}
