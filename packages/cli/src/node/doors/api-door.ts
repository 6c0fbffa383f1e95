/** The API's door to the network, as a node's configuration has it. */
import type { CertificateTerm, TlsOptions } from "@tandem/engine";
import type { Logger } from "pino";
import { readText } from "../../document/read-text.ts";
import type { NodeConfig } from "../config/node-config.ts";
import { readSecret } from "../machine/secret-file.ts";

/** The door, and how it is. */
export interface ApiDoor {
  /** What the API listens with over TLS; undefined: the configuration wants no such thing. */
  readonly tls: TlsOptions | undefined;
  /** What an operator should do about its certificate, one sentence; undefined: nothing. `nowMs`: milliseconds since 1970. */
  problem(nowMs: number): string | undefined;
}

/** Of a certificate's whole term: so little of it is left that it should have been renewed. */
const LATE_SHARE = 1 / 5;
const MAX_LATE_MS = 30 * 86_400_000;

/** The door that a configuration asks for. */
export function createApiDoor({ api }: Pick<NodeConfig, "api">, log: Pick<Logger, "info" | "warn">): ApiDoor {
  if (!api) return { tls: undefined, problem: () => undefined };
  let term: CertificateTerm | undefined;
  let unusable = "";

  const tls: TlsOptions = {
    listen: api.listen,
    load: async () => ({
      certificate: await readText(api.certificate),
      key: await readSecret(api.key),
      clientCa: await readText(api.clientCa),
    }),
    onIdentity(outcome) {
      const why = "failure" in outcome ? reasonOf(outcome.failure) : "";
      if (why !== "" && why !== unusable)
        log.warn({ why }, "the API keeps its certificate: what it found cannot be used");
      unusable = why;
      if ("failure" in outcome) return;
      term = outcome;
      log.info(term, "the API has a certificate");
    },
  };
  return {
    tls,
    problem(nowMs) {
      if (unusable) return `The API keeps its former certificate: ${unusable}`;
      return term && isLate(term, nowMs)
        ? `The API's certificate ends on ${term.ends.toISOString()}`
        : undefined;
    },
  };
}

const reasonOf = (failure: unknown): string => (failure instanceof Error ? failure.message : String(failure));

function isLate({ begins, ends }: CertificateTerm, nowMs: number): boolean {
  const wholeMs = ends.getTime() - begins.getTime();
  return ends.getTime() - nowMs < Math.min(MAX_LATE_MS, wholeMs * LATE_SHARE);
}
