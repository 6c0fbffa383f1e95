/** What a node says of itself in every hello: small, and nothing that decides anything. */
import type { Role } from "@tandem/engine";

/** A node in its own words. */
export interface Presence {
  readonly role: Role;
  /** Connections that it owns. */
  readonly connections: number;
  readonly maintenance: boolean;
}

/** Write a presence as the bytes that hellos carry. */
export function encodePresence(presence: Presence): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(presence));
}

const UNKNOWN: Presence = { role: "standby", connections: 0, maintenance: false };
const ROLES: readonly string[] = ["active", "standby", "fault", "standalone"] satisfies Role[];

/** Read one; what another version left out, or nothing at all, is filled with what says least. Never throws. */
export function decodePresence(bytes: Uint8Array): Presence {
  const said = parse(bytes);
  return {
    role: typeof said.role === "string" && ROLES.includes(said.role) ? (said.role as Role) : UNKNOWN.role,
    connections: typeof said.connections === "number" ? said.connections : UNKNOWN.connections,
    maintenance: said.maintenance === true,
  };
}

function parse(bytes: Uint8Array): Partial<Record<keyof Presence, unknown>> {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) ?? {};
  } catch {
    return {};
  }
}
