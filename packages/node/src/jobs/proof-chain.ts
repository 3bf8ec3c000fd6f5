import { type Genesis, genesisHash, hashMetrics, jobRoot, nextHash, toHex } from "@cyxwiz/proof";
import type { ReportedLink } from "../central-client/report.ts";

/** The hash chain of a job as it grows, one link an epoch. */
export class ProofChain {
  readonly #checkpoints: Uint8Array[] = [];
  #previous: Uint8Array;
  #latestSeconds: number;
  /** Where the chain starts: epoch 0, the state before the first step. */
  readonly start: ReportedLink;

  constructor(genesis: Genesis, timestampSeconds: number) {
    this.#previous = genesisHash(genesis);
    this.#latestSeconds = timestampSeconds;
    this.start = {
      epoch: 0,
      stateHash: toHex(genesis.initialStateHash),
      metricsHash: "",
      timestampSeconds,
      checkpointHash: toHex(this.#previous),
    };
  }

  add(stateHash: Uint8Array, metrics: Readonly<Record<string, number>>, nowSeconds: number): ReportedLink {
    // A clock that is set back must not make the chain invalid.
    const timestampSeconds = Math.max(nowSeconds, this.#latestSeconds);
    this.#latestSeconds = timestampSeconds;
    const metricsHash = hashMetrics(metrics);
    const epoch = { stateHash, metricsHash, timestampSeconds: BigInt(timestampSeconds) };
    this.#previous = nextHash(this.#previous, epoch);
    this.#checkpoints.push(this.#previous);
    return {
      epoch: this.#checkpoints.length,
      stateHash: toHex(stateHash),
      metricsHash: toHex(metricsHash),
      timestampSeconds,
      checkpointHash: toHex(this.#previous),
    };
  }

  /** H_1 … H_n so far, hex. */
  checkpoints(): string[] {
    return this.#checkpoints.map(toHex);
  }

  /** The Merkle root over all links and the result, hex. */
  root(resultHash: Uint8Array): string {
    return toHex(jobRoot(this.#checkpoints, resultHash));
  }
}
