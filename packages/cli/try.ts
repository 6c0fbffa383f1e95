import { LbError } from "@tandem/model";
import { loadDocument } from "./src/document/load-document.ts";
import { loadNodeConfig } from "./src/node/node-config.ts";
const bomb = (n: number, w: number) => ["version: 1", "x0: &x0 [1,1]", ...Array.from({length:n},(_, i)=>`x${i+1}: &x${i+1} [${Array(w).fill(`*x${i}`).join(", ")}]`)].join("\n");
const big = 10*2**20;
const cases: Record<string, () => string> = {
  empty: () => "", nul: () => "version: 1\0\n", bom: () => "\ufeffversion: 1\n", bom2: () => "\ufeff\ufeffversion: 1\n", tab: () => "version: 1\nservices:\n\t- protocol: tcp\n",
  bomb9: () => bomb(9, 9), bomb30: () => bomb(30, 30), bombServices: () => `version: 1\na: &a {protocol: tcp, address: 192.0.2.1, port: 80}\nservices: [${"*a, ".repeat(100)}*a]\n`,
  selfAlias: () => "version: 1\nservices: &a [*a]\n", merge: () => "version: 1\nsettings: {<<: {reuse: never}}\n",
  deepFlow: () => "version: 1\nservices: " + "[".repeat(100000), deepFlowClosed: () => "version: 1\nservices: " + "[".repeat(5000)+"]".repeat(5000), deepMap: () => "version: 1\n" + Array.from({length:3000},(_, i)=>" ".repeat(i)+"a:").join("\n"),
  deepJson: () => '{"version":1,"services":' + "[".repeat(50000)+"]".repeat(50000)+"}",
  deepMaps: () => "{a: ".repeat(20000),
  deepSeq: () => "- ".repeat(50000)+"x",
  questions: () => "? ".repeat(50000)+"x",
  dup: () => "version: 1\nversion: 1\n", dups: () => "a: 1\n".repeat(20000), proto: () => "version: 1\n__proto__: {x: 1}\nconstructor: 7\n", protoIn: () => "version: 1\nsettings: {__proto__: {reuse: never}, toString: 1}\n",
  bigScalar: () => "version: 1\nservices: " + "x".repeat(big), bigQuoted: () => 'version: 1\nservices: "' + "x".repeat(big)+'"', bigList: () => "version: 1\nservices: [" + "1,".repeat(big/2)+"]", bigKeys: () => "version: 1\n"+Array.from({length: 300000},(_, i)=>`key${i}: 1`).join("\n"),
  manyBadServices: () => "version: 1\nservices:\n"+"  - {protocol: tpc, address: 7, port: x}\n".repeat(100000), bigSpaces: () => "version: 1\n" + " ".repeat(big)+"x: 1", newlines: () => "\n".repeat(big), comment: () => "#".repeat(big), anchors: () => Array.from({length:100000},(_, i)=>`a${i}: &a${i} 1`).join("\n"),
  colonspam: () => ": ".repeat(100000), dashes: () => "-\n".repeat(300000), multiDocs: () => "---\n".repeat(200000), quotes: () => '"'.repeat(100000), percent: () => "%YAML 9.9\n".repeat(1000), bang: () => "!".repeat(100000), tagged: () => "version: !!binary AAAA\n", bigint: () => "version: "+"9".repeat(100000), inf: () => "version: 1\nsettings: {cacheSeconds: .inf, dropRate: .nan}", surrogate: () => "version: 1\n\ud800: 1\n", control: () => "version: 1\n\u001b[31mred: \u001b[0m\n", date: () => "version: 2001-01-01\n", mergekey: ()=> "version: 1\n<<: *x\n", longKey: () => "version: 1\n"+"k".repeat(100000)+": 1\n", nullServices: () => "version: 1\nservices: [null, ~, , ]", digits: () => `version: 1\nsettings: {cacheSeconds: "${"1".repeat(100000)}s"}`,
};
for (const [name, make] of Object.entries(cases)) for (const [kind, load] of [["doc", loadDocument], ["node", loadNodeConfig]] as const) {
  if (process.argv[2] && name !== process.argv[2]) continue;
  const text = make(); const t = performance.now();
  let r: string;
  try { load(text, "f.yaml"); r = "ok"; } catch (e) { r = e instanceof LbError ? `${(e.failure as any).problems.length} problems, ${e.message.length} chars: ${JSON.stringify(e.message.slice(0,150))}` : `BUG ${(e as Error).stack?.slice(0,400)}`; }
  const ms = performance.now()-t;
  console.log(`${name} ${kind} ${ms.toFixed(0)}ms ${ms>2000?"SLOW ":""}${r}`);
}
