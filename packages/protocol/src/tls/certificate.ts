import { X509Certificate } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import { writeWhole } from "../files/write-whole.ts";

/** A server's TLS identity. */
export interface ServerCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** SHA-256 of the DER certificate, lower-case hex: what is registered on chain and what clients pin. */
  readonly fingerprintSha256: string;
}

const VALID_FOR_DAYS = 730;

/** SHA-256 of a PEM certificate's DER form, lower-case hex. */
export function fingerprintOf(certificatePem: string): string {
  return new X509Certificate(certificatePem).fingerprint256.replaceAll(":", "").toLowerCase();
}

/**
 * Reads `tls-certificate.pem` and `tls-key.pem` from a directory, or makes a self-signed pair there at first start.
 * A pair that has expired is replaced; one that only misses a host is kept, because clients have pinned it.
 */
export async function loadOrCreateCertificate(options: {
  directory: string;
  commonName: string;
  /** DNS names and IP addresses that clients connect to. */
  hosts: readonly string[];
  nowMs?: number;
}): Promise<ServerCertificate> {
  const certificatePath = join(options.directory, "tls-certificate.pem");
  const keyPath = join(options.directory, "tls-key.pem");
  const now = new Date(options.nowMs ?? Date.now());
  const stored = await readPair(certificatePath, keyPath);
  if (stored && new X509Certificate(stored.certificatePem).validToDate > now) return stored;

  const altNames = [...new Set([...options.hosts, "localhost", "127.0.0.1"])].map((host) =>
    isIP(host) ? ({ type: 7, ip: host } as const) : ({ type: 2, value: host } as const),
  );
  // Loaded only here: it brings some 200 modules, and a certificate is made once.
  const { generate } = await import("selfsigned");
  const pair = await generate([{ name: "commonName", value: options.commonName }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notBeforeDate: new Date(now.getTime() - 60_000),
    notAfterDate: new Date(now.getTime() + VALID_FOR_DAYS * 86_400_000),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "subjectAltName", altNames },
    ],
  });
  await mkdir(options.directory, { recursive: true });
  await writeWhole(keyPath, pair.private, 0o600);
  await writeWhole(certificatePath, pair.cert, 0o644);
  return {
    certificatePem: pair.cert,
    privateKeyPem: pair.private,
    fingerprintSha256: fingerprintOf(pair.cert),
  };
}

async function readPair(certificatePath: string, keyPath: string): Promise<ServerCertificate | undefined> {
  try {
    const [certificatePem, privateKeyPem] = await Promise.all([
      readFile(certificatePath, "utf8"),
      readFile(keyPath, "utf8"),
    ]);
    return { certificatePem, privateKeyPem, fingerprintSha256: fingerprintOf(certificatePem) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
