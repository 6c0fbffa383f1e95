/** A connection over TLS, tried before gRPC tries it: gRPC would say no more than that it cannot connect. */
import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { connect } from "node:tls";
import type { ServerAddress } from "@tandem/engine/client";
import { LbError } from "@tandem/model/failure";

const TIMEOUT_MS = 5_000;

const YOURS = "your certificate may be over, or of a CA that it does not trust (its api.clientCa)";
const DIRECTORS =
  "your certificate (--cert) is a director's, wanted a client's: `tandem certs --client NAME=ROLE`";
/** What errors of sockets, of OpenSSL and of Node's check of names come to; the others are told as they are. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody listens there; does its configuration have api.listen?",
  ENOTFOUND: "there is no host of that name",
  EAI_AGAIN: "its name cannot be looked up: no name server answers",
  ECONNRESET: `it hung up; ${YOURS}`,
  ETIMEDOUT: "it does not answer",
  CERT_HAS_EXPIRED: "its certificate is over",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is not of the CA that --ca names",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not of the CA that --ca names",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is not of the CA that --ca names",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS",
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: "the key that --key names is not that of the certificate",
  ERR_OSSL_PEM_NO_START_LINE: "a file that --ca, --cert or --key names is not in PEM",
};

/** Find out whether a node would be talked to. @throws LbError unavailable: `Cannot reach the daemon at "…": …`, in words that help */
export function knockTls(at: { host: string; port: number }, address: ServerAddress): Promise<void> {
  return new Promise((opened, refused) => {
    const give = (cause: NodeJS.ErrnoException) => {
      const isDirectors = cause.code === "ECONNRESET" && !isForClients(address.certificate);
      const why = isDirectors ? DIRECTORS : (REASONS[cause.code ?? ""] ?? cause.message.trim());
      refused(
        new LbError({ code: "unavailable", what: `the daemon at "${address.server}"`, why }, { cause }),
      );
    };
    try {
      const { ca, certificate: cert, key } = address;
      const name = isIP(at.host) ? {} : { servername: at.host };
      const socket = connect({ ...at, ...name, ca, cert, key, ALPNProtocols: ["h2"], timeout: TIMEOUT_MS });
      // the server looks at our certificate when ours is done: what it says first, HTTP/2's settings, is its consent
      socket.once("data", () => {
        opened();
        socket.destroy();
      });
      socket.once("timeout", () => socket.destroy(gone("ETIMEDOUT")));
      socket.once("error", give).once("close", () => give(gone("ECONNRESET")));
    } catch (error) {
      give(error as NodeJS.ErrnoException);
    }
  });
}

/** Extended key usage of who calls. RFC 5280 §4.2.1.12, id-kp-clientAuth */
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

/** Whether a server may take it from who calls: a certificate that names no use may be used for any. */
function isForClients(certificate: string | Buffer): boolean {
  const usages: readonly string[] | undefined = new X509Certificate(certificate).keyUsage;
  return usages?.includes(CLIENT_AUTH) ?? true;
}

const gone = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code });
