/** `tandem certs`: an authority of one's own, and certificates of directors and operators, for the API over the network. */
import { join, resolve } from "node:path";
import { API_ROLES, type ApiRole } from "@tandem/engine/client";
import { LbError } from "@tandem/model";
import { createAuthority, issueCertificate, type KeyPair, type Purpose } from "../../certs/authority.ts";
import { type NamedPair, readPair, writePairs } from "../../certs/certificate-files.ts";
import { loadNodeConfig, NODE_CONFIG_PATH, nameOfHost } from "../../node/config/node-config.ts";
import type { Answer, Command, World } from "../command.ts";
import { several, wholeNumber } from "../read-option.ts";

interface Options {
  readonly folder: string;
  readonly director?: readonly string[];
  readonly client?: readonly string[];
  readonly days: number;
}

/** Somebody who gets a certificate. */
interface Subject {
  readonly name: string;
  readonly purpose: Purpose;
}

const AUTHORITY = "ca";
const FOLDER = "/etc/tandem/certs";
const AUTHORITY_DAYS = 3650;
/** A little more than a year: renewal can be a yearly habit. */
const DAYS = 397;
const MAX_DAYS = 3650;
const PORT = 9111;
const LOOPBACK = ["localhost", "127.0.0.1", "::1"];
const NAME = /^[A-Za-z0-9._@-]{1,64}$/;
const HOST = /^[A-Za-z0-9._:-]{1,253}$/;

export const certs: Command<Options> = {
  options: [
    {
      flags: "--folder <folder>",
      help: "where they are, and the authority's own",
      default: FOLDER,
      values: "folder",
    },
    {
      flags: "--director <name[=host,…]>",
      help: "for a director, with the names and addresses that clients reach it by (without: its name, and this machine's loopback); may be repeated",
      read: several,
    },
    {
      flags: "--client <name=role>",
      help: `for somebody who calls, with what he may do: ${API_ROLES.join(", ")}; may be repeated`,
      read: several,
    },
    { flags: "--days <n>", help: "for how long", default: DAYS, read: wholeNumber("days", 1, MAX_DAYS) },
  ],
  examples: [
    [
      "certs",
      `a first set-up: an authority, this director (its name is that of ${NODE_CONFIG_PATH}), and an operator admin=admin`,
    ],
    ["certs --director lb2=lb2.example.com,192.0.2.2", "one more director, of the same authority"],
    ["certs --client grafana=view --days 90", "one more client"],
  ],
  async run({ options }, world) {
    const folder = resolve(options.folder);
    const subjects = await readSubjects(options, world);
    const from = new Date(world.now());
    const found = await readPair(folder, AUTHORITY);
    const authority = found ?? (await createAuthority({ name: "Tandem", from, days: AUTHORITY_DAYS }));
    const issued = await Promise.all(
      subjects.map(async ({ name, purpose }): Promise<NamedPair> => {
        const pair = await issue(authority, { name, from, days: options.days }, purpose);
        return { file: `${purpose.kind}-${name}`, ...pair };
      }),
    );
    const written = await writePairs(folder, [
      ...(found ? [] : [{ file: AUTHORITY, ...authority }]),
      ...issued,
    ]);
    return tell({ folder, subjects, written, isNew: !found });
  },
};

/** Who gets certificates; without a word about it, what a first set-up needs. @throws LbError invalid_argument */
async function readSubjects({ director, client }: Options, world: World): Promise<Subject[]> {
  const isFirst = !director && !client;
  const directors = director ?? (isFirst ? [await nameOfNode(world)] : []);
  const clients = client ?? (isFirst ? ["admin=admin"] : []);
  return [...directors.map(readDirector), ...clients.map(readClient)];
}

/** As the daemon on this machine calls itself. @throws LbError for a configuration that is there and cannot be used */
async function nameOfNode(world: World): Promise<string> {
  try {
    return loadNodeConfig(await world.readText(NODE_CONFIG_PATH), NODE_CONFIG_PATH).name;
  } catch (error) {
    if (error instanceof LbError && error.failure.code === "not_found") return nameOfHost();
    throw error;
  }
}

function readDirector(text: string): Subject {
  const [name = "", list, ...rest] = text.split("=");
  const hosts = list?.split(",") ?? [name, ...LOOPBACK];
  if (rest.length === 0 && NAME.test(name) && hosts.every((host) => HOST.test(host)))
    return { name, purpose: { kind: "director", hosts } };
  throw misfit("--director", text, "name or name=host,host: letters, digits and . _ - @, hosts also with :");
}

function readClient(text: string): Subject {
  const [name = "", word, ...rest] = text.split("=");
  const role = API_ROLES.find((each): each is ApiRole => each === word);
  if (rest.length === 0 && NAME.test(name) && role) return { name, purpose: { kind: "client", role } };
  throw misfit(
    "--client",
    text,
    `name=role: letters, digits and . _ - @, and one of ${API_ROLES.join(", ")}`,
  );
}

const misfit = (field: string, got: string, want: string): LbError =>
  new LbError({ code: "invalid_argument", doing: "make certificates", field, got: `"${got}"`, want });

/** What cannot be done with the authority's files is not a bug. */
function issue(
  authority: KeyPair,
  ...of: [term: Parameters<typeof issueCertificate>[1], purpose: Purpose]
): Promise<KeyPair> {
  return issueCertificate(authority, ...of).catch((cause: Error) => {
    const why = `its files do not hold a certificate and its key (${cause.message})`;
    const want = "those that `tandem certs` made";
    throw new LbError({ code: "refused", doing: "use this authority", why, want }, { cause });
  });
}

interface Made {
  readonly folder: string;
  readonly subjects: readonly Subject[];
  readonly written: readonly string[];
  readonly isNew: boolean;
}

function tell(made: Made): Answer {
  const { folder, written, subjects } = made;
  const authority = join(folder, `${AUTHORITY}.crt`);
  const json = { authority, written, subjects: subjects.map(({ name, purpose }) => ({ name, ...purpose })) };
  return {
    json,
    text: () => [...written.map((path) => `wrote ${path}`), ...nextSteps(made)].join("\n").concat("\n"),
  };
}

function nextSteps({ folder, subjects, isNew }: Made): string[] {
  const at = (file: string) => join(folder, file);
  const keep = [`Keep ${at("ca.key")} where nobody else can read it: who has it can make himself an admin.`];
  return [
    ...(isNew ? ["", ...keep] : []),
    ...subjects.flatMap(({ name, purpose }) => [
      "",
      ...(purpose.kind === "director" ? directorSteps(name, purpose.hosts, at) : clientSteps(name, at)),
    ]),
  ];
}

const directorSteps = (name: string, hosts: readonly string[], at: (file: string) => string): string[] => [
  `In the configuration of ${name}, with its files and ${at("ca.crt")} copied to it:`,
  "  api:",
  `    listen: ["0.0.0.0:${PORT}"]`,
  `    certificate: ${at(`director-${name}.crt`)}`,
  `    key: ${at(`director-${name}.key`)}`,
  `    clientCa: ${at("ca.crt")}`,
  `Clients reach it by ${hosts.join(", ")}; by other names and addresses: --director ${name}=host,….`,
  "It takes up renewed files by itself.",
];

const clientSteps = (name: string, at: (file: string) => string): string[] => [
  `For ${name}:`,
  `  tandem --server HOST:${PORT} --ca ${at("ca.crt")} --cert ${at(`client-${name}.crt`)} --key ${at(`client-${name}.key`)} status`,
  "  (or TANDEM_SERVER, TANDEM_CA, TANDEM_CERT, TANDEM_KEY in the environment)",
];
