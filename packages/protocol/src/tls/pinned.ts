import { X509Certificate } from "node:crypto";
import type { PeerCertificate } from "node:tls";
import { fingerprintOf } from "./certificate.ts";

/** TLS options that accept one certificate and no other, whatever name it was made for. */
export function pinned(certificatePem: string): {
  ca: string;
  checkServerIdentity: (host: string, certificate: PeerCertificate) => Error | undefined;
} {
  const expected = fingerprintOf(certificatePem);
  return {
    ca: certificatePem,
    checkServerIdentity: (host, certificate) => {
      const actual = new X509Certificate(certificate.raw).fingerprint256.replaceAll(":", "").toLowerCase();
      return actual === expected ? undefined : new Error(`${host} shows certificate ${actual}, not ${expected}`);
    },
  };
}
