/** Who a client's certificate says that he is. The chain has been verified by TLS before anything here looks at it. */
import type { PeerCertificate } from "node:tls";
import { LbError } from "@tandem/model/failure";
import { API_ROLES, type ApiRole, type Caller, ROLE_URI } from "./caller.ts";

/** Names go into histories and logs. */
const NAME = /^[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u;
/** One alternative name as Node writes them: what holds a comma or a quote stands in quotes, so that none can pretend to be two. */
const ALTERNATIVE_NAME = /(?:^|, )([^:,"]+):("(?:[^"\\]|\\.)*"|[^,"]*)/gy;

/** The part of a certificate that is read. */
export type ClientCertificate = Pick<PeerCertificate, "subject" | "subjectaltname">;

/**
 * The caller with this certificate: his name is its common name.
 *
 * @throws LbError forbidden, for one without exactly one role, or without exactly one common name of 1 to 64 printable characters
 */
export function callerOfCertificate(
  { subject, subjectaltname = "" }: ClientCertificate,
  from: string,
): Caller {
  const name: unknown = subject?.CN;
  if (typeof name !== "string" || !NAME.test(name))
    throw refused(
      "a client",
      "has a certificate without a usable name",
      "one common name of 1 to 64 printable characters",
    );
  const uris = [...subjectaltname.matchAll(ALTERNATIVE_NAME)].filter(([, kind]) => kind === "URI");
  const roles = uris.flatMap(([, , uri = ""]) =>
    uri.startsWith(ROLE_URI) ? [uri.slice(ROLE_URI.length)] : [],
  );
  const [role] = roles;
  if (roles.length === 1 && isRole(role)) return { name, role, from };
  const found = roles.length === 0 ? "no role" : `the role "${roles.join('", "')}"`;
  throw refused(
    `"${name}"`,
    `has a certificate with ${found}`,
    `one URI ${ROLE_URI}${API_ROLES.join("|")} in it`,
  );
}

/** The failure of who has no certificate that is verified. */
export const unproven = (): LbError =>
  refused("the client", "has no verified certificate", "one of this cluster's CA");

const isRole = (text: string | undefined): text is ApiRole => API_ROLES.some((role) => role === text);

function refused(who: string, why: string, want: string): LbError {
  return new LbError({ code: "forbidden", doing: "call this node", who: `${who} ${why}`, want });
}
