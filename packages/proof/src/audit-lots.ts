import { concatBytes, type Hash, sha256, u32, utf8ToBytes } from "./bytes.ts";

const DOMAIN = utf8ToBytes("cyxwiz:audit:v1");
const RANGE = 2n ** 64n;

/** What the lots of an audit are drawn from. */
export interface AuditDraw {
  /** The UUID's 16 bytes. */
  readonly jobId: Uint8Array;
  /** What the node had committed to before. */
  readonly root: Hash;
  /** Of the first block after that, which nobody could know then. */
  readonly blockHash: Hash;
}

/**
 * The lots of an audit: anybody can draw them again. With seed = SHA-256("cyxwiz:audit:v1" ‖ job id ‖ root ‖ block hash), the
 * i-th word is the first 8 bytes, little-endian, of SHA-256(seed ‖ u32 i); a lot below `limit` is the next word modulo
 * `limit`, where words of the last, incomplete stretch of 2^64 are passed over.
 *
 * @returns gives the next lot, from 0 to below its argument.
 */
export function auditLots({ jobId, root, blockHash }: AuditDraw): (limit: number) => number {
  const seed = sha256(concatBytes(DOMAIN, jobId, root, blockHash));
  let index = 0;
  const word = () => new DataView(sha256(seed, u32(index++)).buffer).getBigUint64(0, true);
  return (limit) => {
    const fair = RANGE - (RANGE % BigInt(limit));
    let drawn = word();
    while (drawn >= fair) drawn = word();
    return Number(drawn % BigInt(limit));
  };
}
