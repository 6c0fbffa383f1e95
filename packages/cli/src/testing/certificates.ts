/** Certificates for tests: made once for each test that asks. */
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ApiRole } from "@tandem/engine/client";
import { createAuthority, issueCertificate, type KeyPair, type Purpose } from "../certs/authority.ts";

const DAY_MS = 86_400_000;

/** An authority, and files of certificates by it. */
export interface TestAuthority {
  readonly pair: KeyPair;
  issue(
    name: string,
    purpose: Purpose,
    term?: { readonly from?: Date; readonly days?: number },
  ): Promise<KeyPair>;
  client(name: string, role: ApiRole): Promise<KeyPair>;
  director(): Promise<KeyPair>;
}

/** A new authority whose certificates are for a day. */
export async function testAuthority(): Promise<TestAuthority> {
  const from = new Date();
  const pair = await createAuthority({ name: "test", from, days: 1 });
  const issue: TestAuthority["issue"] = (name, purpose, term) =>
    issueCertificate(pair, { name, from, days: 1, ...term }, purpose);
  return {
    pair,
    issue,
    client: (name, role) => issue(name, { kind: "client", role }),
    director: () => issue("lb1", { kind: "director", hosts: ["localhost", "127.0.0.1"] }),
  };
}

/** When a certificate that was over yesterday began. */
export const overSinceYesterday = { from: new Date(Date.now() - 2 * DAY_MS), days: 1 };

/** Files of a pair, as `tandem` takes them. */
export async function writeTestPair(folder: string, name: string, { certificate, key }: KeyPair) {
  const [crt, keyPath] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  await writeFile(crt, certificate);
  await writeFile(keyPath, key, { mode: 0o600 });
  await chmod(keyPath, 0o600);
  return { cert: crt, key: keyPath };
}
