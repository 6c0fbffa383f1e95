/** Parts of a document by what operators call them: `settings`, `tcp 192.0.2.1:80`, `tcp 192.0.2.1:80 -> 10.0.0.1:8080`, `10.0.0.1`. Pure. */
import {
  canonicalAddress,
  type DocumentSpec,
  destinationKey,
  formatEndpoint,
  LbError,
  type Path,
  serviceKey,
  suggestName,
} from "@tandem/model";

/** A part that was found. */
export interface DocumentPart {
  /** Its key. */
  readonly name: string;
  /** Where it stands. */
  readonly path: Path;
}

/** What words name, and the words behind it. */
export interface FoundParts {
  /** One; several of a destination that several services have. Without a word: the document itself. */
  readonly parts: readonly DocumentPart[];
  readonly rest: readonly string[];
}

/** How parts are called, for the help. */
export const PART_NAMES =
  'settings; a service such as "tcp 192.0.2.1:80" or "mark 7", quoted or not; a destination, behind its service or, of all that have it, alone';

/**
 * Find what words name.
 *
 * @param words as a shell splits them; those with `=` name nothing
 * @throws LbError not_found or refused, with the name that may have been meant
 */
export function findParts(spec: DocumentSpec, words: readonly string[]): FoundParts {
  const tokens = words
    .flatMap((word) => (word.includes("=") ? [word] : word.split(/\s+/)))
    .filter((t) => t !== "");
  const [first = ""] = tokens;
  if (first === "settings") return { parts: [{ name: first, path: ["settings"] }], rest: tokens.slice(1) };
  const service = readService(tokens);
  if (!service) {
    const parts = readEndpoint(first)
      ? destinationsCalled(spec, first)
      : [{ name: "the document", path: [] }];
    return { parts, rest: tokens.slice(readEndpoint(first) ? 1 : 0) };
  }
  const at = findService(spec, service.key);
  const behind = tokens.slice(service.words);
  const target = behind[0] === "->" ? behind.slice(1) : behind;
  if (!readEndpoint(target[0] ?? "")) {
    if (behind[0] === "->") throw notFound("destination", target[0] ?? "", []);
    return { parts: [{ name: service.key, path: ["services", at] }], rest: behind };
  }
  return { parts: destinationsCalled(spec, target[0]!, at), rest: target.slice(1) };
}

/** `tcp 192.0.2.1:80`, `tcp/192.0.2.1:80`, `mark 7`, `mark 7 ipv6`: its key, and how many words it takes. */
function readService(tokens: readonly string[]): { key: string; words: number } | undefined {
  const [kind = "", ...inOne] = (tokens[0] ?? "").split("/");
  const isOne = inOne.length > 0;
  const [name = "", family = ""] = isOne ? inOne : tokens.slice(1);
  if (kind === "mark" && /^\d+$/.test(name)) {
    const isFamily = /^ipv[46]$/.test(family);
    return { key: `mark ${Number(name)} ${isFamily ? family : "ipv4"}`, words: isOne ? 1 : isFamily ? 3 : 2 };
  }
  if (!["tcp", "udp", "sctp"].includes(kind)) return undefined;
  const endpoint = readEndpoint(name);
  const key = endpoint?.port === undefined ? name : formatEndpoint(endpoint.address, endpoint.port);
  return { key: `${kind} ${key}`, words: isOne ? 1 : 2 };
}

interface Endpoint {
  readonly address: string;
  readonly port?: number;
}

/** Address, or address:port with IPv6 in brackets. */
function readEndpoint(text: string): Endpoint | undefined {
  const alone = canonicalAddress(text.replace(/^\[(.*)\]$/, "$1"));
  if (alone !== undefined) return { address: alone };
  const [, v6, v4 = "", port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const address = canonicalAddress(v6 ?? v4);
  return address === undefined ? undefined : { address, port: Number(port) };
}

function findService(spec: DocumentSpec, key: string): number {
  const at = spec.services.findIndex((s) => serviceKey(s) === key);
  if (at < 0) throw notFound("service", key, spec.services.map(serviceKey));
  return at;
}

/** Destinations in one service, or in every one. */
function destinationsCalled(spec: DocumentSpec, word: string, service?: number): DocumentPart[] {
  const wanted = readEndpoint(word)!;
  const here = [...spec.services.entries()].filter(([i]) => service === undefined || i === service);
  const all = here.flatMap(([i, s]) =>
    s.destinations.map((d, j) => ({
      name: destinationKey(s, d),
      path: ["services", i, "destinations", j],
      address: d.address,
      endpoint: formatEndpoint(d.address, d.port ?? s.port),
    })),
  );
  const { address, port } = wanted;
  const isMeant = (d: (typeof all)[number]) =>
    port === undefined ? d.address === address : d.endpoint === formatEndpoint(address, port);
  const found = all.filter(isMeant).map(({ name, path }) => ({ name, path }));
  if (found.length > 0) return found;
  throw notFound(
    "destination",
    word,
    all.map(({ endpoint }) => endpoint),
  );
}

function notFound(what: string, key: string, there: readonly string[]): LbError {
  const meant = suggestName(key, there);
  if (meant === undefined) return new LbError({ code: "not_found", what, key });
  const why = "there is none in the document";
  return new LbError({ code: "refused", doing: `find ${what} "${key}"`, why, want: `perhaps "${meant}"` });
}
