import { equalBytes, type Hash, sha256, u64, utf8ToBytes } from "./bytes.ts";

const GENESIS_DOMAIN = utf8ToBytes("cyxwiz:genesis:v1");

/** What a job's hash chain starts from: everything that decides how its training goes. */
export interface Genesis {
  /** The UUID's 16 bytes. */
  readonly jobId: Uint8Array;
  readonly termsHash: Hash;
  readonly datasetHash: Hash;
  readonly seed: bigint;
  readonly initialStateHash: Hash;
}

/** What one epoch adds to the chain. */
export interface Epoch {
  /** SHA-256 of the state that training goes on from. */
  readonly stateHash: Hash;
  /** See `hashMetrics`. */
  readonly metricsHash: Hash;
  readonly timestampSeconds: bigint;
}

/** H_0 = SHA-256(domain ‖ job id ‖ terms ‖ data set ‖ seed (u64 LE) ‖ initial state). */
export function genesisHash(genesis: Genesis): Hash {
  const { jobId, termsHash, datasetHash, seed, initialStateHash } = genesis;
  return sha256(GENESIS_DOMAIN, jobId, termsHash, datasetHash, u64(seed), initialStateHash);
}

/** H_i = SHA-256(H_{i−1} ‖ SHA-256(state_i) ‖ SHA-256(metrics_i) ‖ timestamp_i (u64 LE, Unix seconds)). */
export function nextHash(previous: Hash, epoch: Epoch): Hash {
  return sha256(previous, epoch.stateHash, epoch.metricsHash, u64(epoch.timestampSeconds));
}

/** The first epoch (1-based) whose claimed hash does not follow from what came before; `undefined` when all do. */
export function firstBrokenLink(
  genesis: Hash,
  links: readonly (Epoch & { readonly checkpointHash: Hash })[],
): number | undefined {
  let previous = genesis;
  for (const [index, link] of links.entries()) {
    previous = nextHash(previous, link);
    if (!equalBytes(previous, link.checkpointHash)) return index + 1;
  }
  return undefined;
}
