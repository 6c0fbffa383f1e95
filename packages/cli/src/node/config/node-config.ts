/** The node's own configuration: what differs from director to director. What they share is the document. */
import { hostname } from "node:os";
import {
  canonicalAddress,
  type EditorSchema,
  ipAddress,
  jsonSchemaOf,
  patternText,
  wanted,
  wholeNumber,
} from "@tandem/model";
import { z } from "zod";
import { parseText } from "../../document/parse-text.ts";
import { readText } from "../../document/read-text.ts";
import { parsePrefixed } from "./prefixed-address.ts";

/** Where the node's configuration is looked for. */
export const NODE_CONFIG_PATH = "/etc/tandem/node.yaml";
/** Where a director on its own looks for its document. */
export const DOCUMENT_PATH = "/etc/tandem/tandem.yaml";

const name = patternText(/^[A-Za-z0-9_-]{1,32}$/, "1 to 32 letters, digits, - and _");
const path = patternText(/^\/[\w./+:-]*$/, "an absolute path of letters, digits and . / _ - + :");
const interfaceName = patternText(/^[^\s/]{1,15}$/, "an interface's name");
const prefixed = wanted("an address with prefix length, such as 192.0.2.1/24");
const prefixedAddress = z.string(prefixed).refine((text) => parsePrefixed(text) !== undefined, prefixed);
const server = patternText(/^((nats|tls):\/\/)?[^\s/@]+$/, "host:port or nats://host:port");
const listen = wanted("an address and port, such as 127.0.0.1:9110");
const endpoint = endpointOr(listen)
  .default("127.0.0.1:9110")
  .transform((text) => parseEndpoint(text)!);
const apiEndpoint = endpointOr(wanted("an address and port, such as 0.0.0.0:9111")).transform(
  (text) => parseEndpoint(text)!,
);

const Interfaces = z
  .array(
    z.strictObject({
      name: interfaceName.describe("As `ip link` has it. One that is not there is waited for."),
      hook: z.enum(["tc", "xdp"]).default("tc").describe("xdp only where the driver does it natively."),
    }),
  )
  .min(1, wanted("at least one interface"));

const Vrrp = z.strictObject({
  groups: z
    .array(
      z.strictObject({
        name: name.describe("Name of the group, in logs and commands."),
        interface: interfaceName.describe("Interface that adverts are sent on and addresses are put on."),
        routerId: wholeNumber(1, 255).describe(
          "VRRP router id: the same on every director, unique on the network.",
        ),
        priority: wholeNumber(80, 120)
          .default(100)
          .describe(
            "Among equally ready directors the highest owns the group: another one on each director.",
          ),
        addresses: z
          .array(prefixedAddress)
          .min(1, wanted("at least one address"))
          .describe("Virtual addresses with prefix length."),
        inside: z
          .array(
            z.strictObject({
              address: prefixedAddress.describe("Address with prefix length."),
              interface: interfaceName.describe("Interface that it is put on."),
            }),
          )
          .default([])
          .describe("Addresses elsewhere that move with them, such as the destinations' gateway."),
      }),
    )
    .min(1, wanted("at least one group"))
    .describe("Addresses that move together, one VRRP instance each."),
  peers: z
    .array(ipAddress)
    .default([])
    .describe("Addresses of the other directors: adverts from elsewhere are dropped. Empty: from anywhere."),
});

const Cluster = z.strictObject({
  name: name.describe("Name of the cluster, the same on every director."),
  keyFile: path
    .default("/etc/tandem/cluster.key")
    .describe("File with 32 random bytes in base64 or hexadecimal."),
});

const Nats = z.strictObject({
  servers: z.array(server).min(1, wanted("at least one server")).describe("host:port, any number of them."),
  user: z
    .string(wanted("a user's name"))
    .min(1, wanted("a user's name"))
    .optional()
    .describe("User at NATS, if it wants one."),
  passwordFile: path.optional().describe("File with the user's password."),
  replicas: z
    .literal([1, 3], wanted("1 or 3"))
    .default(1)
    .describe("Copies of the document that NATS keeps: 3 wants three servers or more."),
});

const Api = z.strictObject({
  listen: z
    .array(apiEndpoint)
    .min(1, wanted("at least one address and port"))
    .describe("Addresses and ports of this director, IPv6 in brackets."),
  certificate: path.describe("PEM file: this director's certificate, behind it what leads to its CA."),
  key: path.describe("PEM file: the certificate's key; nobody else may read it."),
  clientCa: path.describe("PEM file: the CA that clients' certificates are of."),
});

const NodeConfigSpec = z
  .strictObject({
    name: name
      .optional()
      .describe("Name of this director, unique in the cluster; the host's name if absent."),
    interfaces: Interfaces.describe("Interfaces that clients' and destinations' packets come in on."),
    document: path
      .optional()
      .describe(
        `Document of a director on its own, ${DOCUMENT_PATH} if absent; a cluster's comes by \`tandem apply\`.`,
      ),
    cluster: Cluster.optional().describe("Makes this director one of several; needs nats."),
    nats: Nats.optional().describe(
      "Servers that directors share connections and document over; needs cluster.",
    ),
    vrrp: Vrrp.optional().describe("Virtual addresses that keepalived moves between directors."),
    connections: z
      .strictObject({
        ipv4: wholeNumber(1024, 2 ** 24)
          .default(2 ** 18)
          .describe("Most over IPv4."),
        ipv6: wholeNumber(1024, 2 ** 24)
          .default(2 ** 16)
          .describe("Most over IPv6."),
      })
      .prefault({})
      .describe("Most connections at a time: about 300 bytes of kernel memory each for IPv4, 400 for IPv6."),
    metrics: z
      .strictObject({ listen: endpoint.describe("Address and port; there is no authentication.") })
      .prefault({})
      .describe("Where /metrics, /healthz and /readyz are served."),
    api: Api.optional().describe(
      "Serves the API over the network, too, to clients with a certificate; files are taken up anew when they change. `tandem certs` makes them.",
    ),
    runtimeDir: path.default("/run/tandem").describe("Socket and files of the running node; on a tmpfs."),
    stateDir: path.default("/var/lib/tandem").describe("What survives a reboot: the last document."),
    bpffsDir: path.default("/sys/fs/bpf/tandem").describe("Pinned programs and maps; on a bpffs."),
    logLevel: z
      .enum(["trace", "debug", "info", "warn", "error"])
      .default("info")
      .describe("Least level that is logged."),
  })
  .superRefine(checkAcross, { when: () => true });

/** A node's configuration with everything filled in. */
export interface NodeConfig extends z.infer<typeof NodeConfigSpec> {
  readonly name: string;
  /** Undefined in a cluster. */
  readonly document: string | undefined;
}

/** Read a node's configuration from YAML or JSON. @throws LbError `invalid_document` with every mistake and its place in `source` */
export function loadNodeConfig(text: string, source: string): NodeConfig {
  const config = parseText(text, source, NodeConfigSpec);
  const document = config.nats ? undefined : (config.document ?? DOCUMENT_PATH);
  return { ...config, name: config.name ?? nameOfHost(), document };
}

/** Read a node's configuration from a file. @throws LbError as `loadNodeConfig` and `readText` */
export async function loadNodeConfigFile(file: string = NODE_CONFIG_PATH): Promise<NodeConfig> {
  return loadNodeConfig(await readText(file), file);
}

/** JSON Schema of a node's configuration, for editors. */
export function nodeConfigJsonSchema(): EditorSchema {
  return jsonSchemaOf(NodeConfigSpec);
}

function endpointOr(error: ReturnType<typeof wanted>) {
  return z.string(error).refine((text) => parseEndpoint(text) !== undefined, error);
}

/** Read `127.0.0.1:9110` or `[::1]:9110`. */
function parseEndpoint(text: string): { host: string; port: number } | undefined {
  const [, v6, v4, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = canonicalAddress(v6 ?? v4 ?? "");
  const port = Number(digits);
  return host && port >= 1 && port <= 65535 ? { host, port } : undefined;
}

/** `lb1` of `lb1.example.com`, in the letters that a name may have. */
export function nameOfHost(): string {
  return hostname()
    .split(".")[0]!
    .replaceAll(/[^A-Za-z0-9_-]/g, "-")
    .slice(0, 32);
}

type Refuse = (path: readonly (string | number)[], message: string) => void;

/** Rules across fields. They look at every part that is well-formed in itself, so that one mistake does not hide the next. */
function checkAcross(config: Readonly<Record<string, unknown>> | null, ctx: z.RefinementCtx): void {
  const refuse: Refuse = (at, message) => ctx.addIssue({ code: "custom", path: [...at], message });
  const has = (field: string) => config?.[field] !== undefined;
  if (has("cluster") && !has("nats")) refuse(["cluster"], "stands here without nats, wanted both or neither");
  if (has("nats") && !has("cluster")) refuse(["nats"], "stands here without cluster, wanted both or neither");
  if (has("nats") && has("document")) {
    refuse(
      ["document"],
      "stands here beside nats, wanted none: a cluster's document comes by `tandem apply`",
    );
  }
  const interfaces = Interfaces.safeParse(config?.interfaces).data;
  const vrrp = Vrrp.safeParse(config?.vrrp).data;
  if (interfaces)
    refuseTwice(
      interfaces.map((i) => i.name),
      (i) => ["interfaces", i],
      refuse,
    );
  if (vrrp)
    checkGroups(
      vrrp,
      interfaces?.map((i) => i.name),
      refuse,
    );
}

function checkGroups(
  vrrp: z.infer<typeof Vrrp>,
  interfaces: readonly string[] | undefined,
  refuse: Refuse,
): void {
  refuseTwice(
    vrrp.groups.map((g) => g.name),
    (i) => ["vrrp", "groups", i, "name"],
    refuse,
  );
  refuseTwice(
    vrrp.groups.map((g) => `${g.routerId} on ${g.interface}`),
    (i) => ["vrrp", "groups", i, "routerId"],
    refuse,
  );
  if (!interfaces) return;
  for (const [i, group] of vrrp.groups.entries()) {
    const at = ["vrrp", "groups", i];
    const places = [
      { interface: group.interface, at: [...at, "interface"] },
      ...group.inside.map((a, j) => ({ interface: a.interface, at: [...at, "inside", j, "interface"] })),
    ];
    for (const place of places) {
      if (interfaces.includes(place.interface)) continue;
      // an interface with a virtual address and without a program would answer clients itself
      refuse(
        place.at,
        `"${place.interface}" is not among interfaces, wanted one of ${interfaces.join(", ")}`,
      );
    }
  }
}

function refuseTwice(
  values: readonly string[],
  at: (i: number) => (string | number)[],
  refuse: Refuse,
): void {
  for (const [i, value] of values.entries()) {
    if (values.indexOf(value) < i) refuse(at(i), `"${value}" stands here twice, wanted once`);
  }
}
