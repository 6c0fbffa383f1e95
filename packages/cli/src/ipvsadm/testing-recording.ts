/** A node that runs nothing, for recorded command lines: what they do to its document, and what they print. */
import type { ApiRole, ConnectionStatus, ServiceStatus } from "@tandem/engine";
import { DocumentSpec, LbError } from "@tandem/model";
import { type IpvsadmNode, runIpvsadm } from "./run-ipvsadm.ts";

/** What such a node has. */
export interface RecordedNodeOptions {
  /** What it begins with, besides its version; absent: nothing. */
  readonly document?: object;
  readonly services?: ServiceStatus[] | (() => Promise<ServiceStatus[]>);
  readonly connections?: ConnectionStatus[];
  /** What all directors list; absent: there is no other. */
  readonly everywhere?: IpvsadmNode["everywhere"];
  /** Names by address, and ports as `80/tcp`. */
  readonly hosts?: Readonly<Record<string, string>>;
  readonly ports?: Readonly<Record<string, string>>;
  readonly interfaces?: Readonly<Record<string, number>>;
}

/** A node, and the way to run command lines on it: words by blanks. */
export function createRecordedNode(options: RecordedNodeOptions = {}) {
  const { services = [], connections = [], everywhere, hosts = {}, ports = {}, interfaces = {} } = options;
  let document = DocumentSpec.parse({ version: 1, ...options.document });
  const zeroed: (string | undefined)[] = [];
  const failures: string[] = [];
  const keyOf = (table: Readonly<Record<string, string>>, value: string) =>
    Object.keys(table).find((key) => table[key] === value);
  const node: IpvsadmNode = {
    document: () => document,
    change: async (edit) => {
      const { data, error } = DocumentSpec.safeParse(edit(document));
      if (!data) throw refusedDocument(error.issues[0]!.message);
      document = data;
    },
    services: async () => (typeof services === "function" ? services() : services),
    connections: async function* () {
      yield* connections;
    },
    everywhere: everywhere ?? (() => node),
    zero: async (service) => void zeroed.push(service),
    names: async () => ({
      host: (address) => hosts[address],
      port: (port, protocol) => ports[`${port}/${protocol}`],
    }),
    lookUp: async () => ({
      host: (name) => keyOf(hosts, name),
      port(name, protocol) {
        const port = Object.keys(ports).find((key) => ports[key] === name && key.endsWith(`/${protocol}`));
        return port === undefined ? undefined : Number.parseInt(port, 10);
      },
    }),
    noteFailure: (error) => void failures.push(error.failure.code),
    interfaces: () => new Map(Object.entries(interfaces)),
  };
  return {
    zeroed,
    failures,
    document: () => document,
    run: (line: string, input = "", role: ApiRole = "admin") =>
      runIpvsadm({ args: line.split(" ").filter(Boolean), input, author: "ann", role }, node),
    runWords: (args: string[], input: string) =>
      runIpvsadm({ args, input, author: "ann", role: "admin" }, node),
  };
}

/** As the keeper of a node's document tells it. */
const refusedDocument = (message: string): LbError =>
  new LbError({
    code: "invalid_document",
    source: "change",
    problems: [{ line: 0, column: 0, path: "", message }],
  });
