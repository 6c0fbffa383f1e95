/** A connection's ends and state as people read them: a template is none, though it lies in the same table. Pure. */
import type { ConnectionStatus } from "@tandem/engine/client";

/** Ports that nobody asks for: a template that has ended, but whose connections have not, has them as its virtual port and its destination's. */
const ENDED_PORT = ":65535";

/** Who talks to whom. */
export type ConnectionWords = Pick<ConnectionStatus, "state" | "client" | "virtual" | "destination">;

/** Of a template: whose next connections it sends where; `ESTABLISHED (held)` of a connection whose packets are not answered. Never throws. */
export function connectionWords(c: ConnectionStatus): ConnectionWords {
  if (!c.template) return { ...c, state: c.held ? `${c.state} (held)` : c.state };
  const isEnded = c.virtual.endsWith(ENDED_PORT) && c.destination.endsWith(ENDED_PORT);
  const place = isEnded ? addressOf : portOrAll;
  return {
    state: isEnded ? "template, ended" : c.state === "ASSURED" ? "template" : "template, unproven",
    client: addressOf(c.client),
    virtual: c.mark === 0 ? place(c.virtual) : `mark ${c.mark}`,
    destination: place(c.destination),
  };
}

const addressOf = (endpoint: string): string => /^\[?(.*?)]?:\d+$/.exec(endpoint)?.[1] ?? endpoint;

/** `192.0.2.1:*` for every port. */
const portOrAll = (endpoint: string): string => endpoint.replace(/:0$/, ":*");
