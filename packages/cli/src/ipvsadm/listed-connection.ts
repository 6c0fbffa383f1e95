/** A connection of the API, as `-L -c` knows it. */
import type { ConnectionStatus } from "@tandem/engine";
import type { TransportName } from "./command.ts";
import type { ListedConnection } from "./list/list-connections.ts";

/** Take a connection apart. Never throws. */
export function listedConnection(c: ConnectionStatus): ListedConnection {
  const isOfMark = c.template && c.mark !== 0;
  return {
    protocol: c.protocol as TransportName,
    state: c.state,
    client: endOf(c.client, c.template),
    virtual: endOf(c.virtual, isOfMark),
    destination: endOf(c.destination, isOfMark),
    expiresInSeconds: c.expiresInSeconds,
    ...(isOfMark && { templateOfMark: c.mark }),
    ...(c.callId !== undefined && { engine: { name: "sip", data: c.callId } }),
  };
}

/** `10.0.0.1:80` and `[2001:db8::1]:80` in two parts; a template's client has no port, whatever stands in its place. */
function endOf(text: string, isPortless: boolean): { address: string; port: number } {
  const at = text.lastIndexOf(":");
  const address = text.slice(0, at).replace(/^\[|\]$/g, "");
  return { address, port: isPortless ? 0 : Number(text.slice(at + 1)) };
}
