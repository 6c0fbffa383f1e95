import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { expect, test } from "vitest";
import { createAuthority, issueCertificate, type Purpose } from "./authority.ts";

const from = new Date("2026-11-22T18:40:00Z");
const authority = await createAuthority({ name: "ca", from, days: 30 });
const issue = async (purpose: Purpose) =>
  new x509.X509Certificate(
    (await issueCertificate(authority, { name: "n", from, days: 9 }, purpose)).certificate,
  );

test("an authority certifies nobody who certifies others", () => {
  const ca = new x509.X509Certificate(authority.certificate);
  expect(ca.getExtension(x509.BasicConstraintsExtension)).toMatchObject({ ca: true, pathLength: 0 });
  expect(ca.getExtension(x509.KeyUsagesExtension)!.usages).toBe(
    x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
  );
});

const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
const purposes: [purpose: Purpose, usage: string][] = [
  [{ kind: "director", hosts: ["lb1"] }, serverAuth],
  [{ kind: "client", role: "admin" }, clientAuth],
];
for (const [purpose, usage] of purposes)
  test(`a ${purpose.kind}'s certificate is for that alone`, async () => {
    const certificate = await issue(purpose);
    expect(certificate.getExtension(x509.ExtendedKeyUsageExtension)!.usages).toEqual([usage]);
    expect(certificate.getExtension(x509.BasicConstraintsExtension)!.ca).toBe(false);
  });

test("a certificate is good for its days, and five minutes before: clocks differ", async () => {
  const { notBefore, notAfter } = await issue({ kind: "client", role: "view" });
  expect(notBefore.toISOString()).toBe("2026-11-22T18:35:00.000Z");
  expect(notAfter.toISOString()).toBe("2026-12-01T18:40:00.000Z");
});
