import { expect, test } from "vitest";
import { type ClientCertificate, callerOfCertificate } from "./certificate-caller.ts";

const certificate = (CN: unknown, subjectaltname?: string) =>
  ({ subject: { CN }, subjectaltname }) as ClientCertificate;
const URI = "URI:tandem://role/";

const known: [what: string, names: string, role: string][] = [
  ["its role alone", `${URI}view`, "view"],
  ["its role among other names", `DNS:a.example, ${URI}operate, email:a@example.com`, "operate"],
  ["other URIs beside it", `URI:https://example.com, ${URI}admin, URI:spiffe://x/y`, "admin"],
];
for (const [what, names, role] of known) {
  test(`a certificate with ${what} says who calls`, () =>
    expect(callerOfCertificate(certificate("alice", names), "192.0.2.7:1")).toEqual({
      name: "alice",
      role,
      from: "192.0.2.7:1",
    }));
}

const refused: [what: string, subject: unknown, names: string | undefined, says: string][] = [
  [
    "no alternative name",
    "alice",
    undefined,
    '"alice" has a certificate with no role, wanted one URI tandem://role/view|operate|admin',
  ],
  ["other names only", "alice", "DNS:tandem, URI:https://example.com", "no role"],
  ["two roles", "alice", `${URI}view, ${URI}admin`, 'the role "view", "admin"'],
  ["an unknown role", "alice", `${URI}root`, 'the role "root"'],
  ["an empty role", "alice", URI, 'the role ""'],
  ["a role in capitals", "alice", `${URI}ADMIN`, 'the role "ADMIN"'],
  ["more behind its role", "alice", `${URI}admin/x`, 'the role "admin/x"'],
  ["a role within a name of another kind", "alice", `DNS:"a, ${URI}admin, b"`, "no role"],
  ["a role behind an escaped quote", "alice", `DNS:"a\\", ${URI}admin"`, "no role"],
  ["a role in quotes", "alice", 'URI:"tandem://role/admin"', "no role"],
  ["a role that is no URI", "alice", "DNS:tandem://role/admin", "no role"],
  [
    "no common name",
    undefined,
    `${URI}view`,
    "Cannot call this node: a client has a certificate without a usable name",
  ],
  [
    "two common names",
    ["alice", "root"],
    `${URI}view`,
    "Cannot call this node: a client has a certificate without a usable name",
  ],
  [
    "an empty name",
    "",
    `${URI}view`,
    "Cannot call this node: a client has a certificate without a usable name",
  ],
  [
    "a name with a line end",
    "alice\nroot",
    `${URI}view`,
    "Cannot call this node: a client has a certificate without a usable name",
  ],
  [
    "a name of 65 characters",
    "a".repeat(65),
    `${URI}view`,
    "Cannot call this node: a client has a certificate without a usable name",
  ],
];
for (const [what, subject, names, says] of refused) {
  test(`a certificate with ${what} is refused`, () => {
    const act = () => callerOfCertificate(certificate(subject, names), "");
    expect(act).toThrow(/^Cannot call this node: /);
    expect(act).toThrow(says);
  });
}
