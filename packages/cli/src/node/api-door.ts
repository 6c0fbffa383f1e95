/** The API's door to the network, as a node's configuration has it. */
import type { TlsOptions } from "@tandem/engine";
import type { Logger } from "pino";
import { readText } from "../document/read-text.ts";
import type { NodeConfig } from "./node-config.ts";
import { readSecret } from "./secret-file.ts";

const DAY_MS = 86_400_000;
/** Long enough before its end that somebody renews a certificate. */
const WARN_DAYS = 30;

/** What the API listens with over TLS; undefined: the configuration wants no such thing. */
export function apiDoor({ api }: NodeConfig, log: Pick<Logger, "info" | "warn">): TlsOptions | undefined {
  if (!api) return undefined;
  let lastWarning = "";
  return {
    listen: api.listen,
    load: async () => ({
      certificate: await readText(api.certificate),
      key: await readSecret(api.key),
      clientCa: await readText(api.clientCa),
    }),
    onIdentity(outcome) {
      if ("expires" in outcome) return tellOf(outcome.expires, log);
      const why = String(outcome.failure);
      if (why !== lastWarning)
        log.warn({ why }, "the API keeps its certificate: what it found cannot be used");
      lastWarning = why;
    },
  };
}

function tellOf(expires: Date, log: Pick<Logger, "info" | "warn">): void {
  const isSoon = expires.getTime() - Date.now() < WARN_DAYS * DAY_MS;
  log[isSoon ? "warn" : "info"](
    { expires },
    isSoon ? "the API's certificate ends soon" : "the API has a certificate",
  );
}
