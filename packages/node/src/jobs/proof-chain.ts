import { create } from "@bufbuild/protobuf";
import { type Genesis, genesisHash, hashMetrics, jobRoot, nextHash, toHex } from "@cyxwiz/proof";
import { type EpochCommitment, EpochCommitmentSchema } from "@cyxwiz/protocol";

/** The hash chain of a job as it grows, one link an epoch. */
export class ProofChain {
  readonly #checkpoints: Uint8Array[] = [];
  #previous: Uint8Array;
  /** Where the chain starts: epoch 0, the state before the first step. */
  readonly start: EpochCommitment;

  constructor(genesis: Genesis, timestampSeconds: number) {
    this.#previous = genesisHash(genesis);
    this.start = create(EpochCommitmentSchema, {
      epoch: 0,
      stateHash: toHex(genesis.initialStateHash),
      timestamp: BigInt(timestampSeconds),
      checkpointHash: toHex(this.#previous),
    });
  }

  add(stateHash: Uint8Array, metrics: Readonly<Record<string, number>>, timestampSeconds: number): EpochCommitment {
    const metricsHash = hashMetrics(metrics);
    const timestamp = BigInt(timestampSeconds);
    this.#previous = nextHash(this.#previous, { stateHash, metricsHash, timestampSeconds: timestamp });
    this.#checkpoints.push(this.#previous);
    return create(EpochCommitmentSchema, {
      epoch: this.#checkpoints.length,
      stateHash: toHex(stateHash),
      metricsHash: toHex(metricsHash),
      timestamp,
      checkpointHash: toHex(this.#previous),
    });
  }

  /** The Merkle root over all links and the result, hex. */
  root(resultHash: Uint8Array): string {
    return toHex(jobRoot(this.#checkpoints, resultHash));
  }
}
