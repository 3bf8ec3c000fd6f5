import { concatBytes, utf8ToBytes } from "./bytes.ts";

const DOMAIN = utf8ToBytes("cyxwiz:cancel:v1");

/**
 * What the payer's wallet signs (Ed25519) to have a running job ended and its escrow shared out: "cyxwiz:cancel:v1" ‖ job
 * id.
 *
 * @param jobId the UUID's 16 bytes
 */
export function encodeCancelOrder(jobId: Uint8Array): Uint8Array {
  return concatBytes(DOMAIN, jobId);
}
