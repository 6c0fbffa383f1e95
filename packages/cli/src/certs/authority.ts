/** A certificate authority of one's own: ECDSA keys on P-256, certificates as X.509 version 3, everything as PEM text. */
import { createPrivateKey, KeyObject } from "node:crypto";
import { isIP } from "node:net";
import type { JsonGeneralName, X509Certificate } from "@peculiar/x509";
import { type ApiRole, ROLE_URI } from "@tandem/engine/client";

/** A certificate with its key. */
export interface KeyPair {
  readonly certificate: string;
  /** PKCS #8, not encrypted. */
  readonly key: string;
}

/** What a certificate is for. */
export type Purpose =
  | {
      readonly kind: "director" /** DNS names and addresses that clients reach it by. */;
      readonly hosts: readonly string[];
    }
  | { readonly kind: "client"; readonly role: ApiRole };

/** Who, and for how long. */
export interface Term {
  /** Common name. */
  readonly name: string;
  readonly from: Date;
  readonly days: number;
}

const CURVE = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;
/** Clocks of a cluster differ. */
const BEFORE_MS = 5 * 60_000;

/** A new authority, which certifies itself and can certify nobody who certifies others. */
export async function createAuthority(term: Term): Promise<KeyPair> {
  const x509 = await load();
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(term),
    name: nameOf(term.name),
    keys,
    signingAlgorithm: SIGNATURE,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return pairOf(certificate, keys.privateKey);
}

/** A certificate by an authority, with a new key. Throws what WebCrypto throws if the authority's key is none. */
export async function issueCertificate(authority: KeyPair, term: Term, purpose: Purpose): Promise<KeyPair> {
  const x509 = await load();
  const keys = await newKeys();
  const issuer = new x509.X509Certificate(authority.certificate);
  const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity(term),
    subject: nameOf(term.name),
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await readKey(authority.key),
    signingAlgorithm: SIGNATURE,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([purpose.kind === "director" ? serverAuth : clientAuth]),
      new x509.SubjectAlternativeNameExtension(alternativeNames(purpose)),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return pairOf(certificate, keys.privateKey);
}

/** Loaded when it is wanted: it takes longer than most commands. */
async function load() {
  await import("reflect-metadata");
  return import("@peculiar/x509");
}

const newKeys = () => crypto.subtle.generateKey(CURVE, true, ["sign", "verify"]);

const validity = ({ from, days }: Term) => ({
  notBefore: new Date(from.getTime() - BEFORE_MS),
  notAfter: new Date(from.getTime() + days * DAY_MS),
});

const nameOf = (commonName: string) => [{ CN: [commonName] }];

function alternativeNames(purpose: Purpose): JsonGeneralName[] {
  if (purpose.kind === "client") return [{ type: "url", value: `${ROLE_URI}${purpose.role}` }];
  return purpose.hosts.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value }));
}

function readKey(pem: string): Promise<CryptoKey> {
  const der = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
  return crypto.subtle.importKey("pkcs8", new Uint8Array(der), CURVE, false, ["sign"]);
}

async function pairOf(certificate: X509Certificate, key: CryptoKey): Promise<KeyPair> {
  const exported = KeyObject.from(key).export({ type: "pkcs8", format: "pem" });
  return { certificate: `${certificate.toString("pem")}\n`, key: String(exported) };
}
