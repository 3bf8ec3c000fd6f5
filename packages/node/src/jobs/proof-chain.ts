import { CyxwizError } from "@cyxwiz/errors";
import { type Genesis, genesisHash, hashFromHex, hashMetrics, jobRoot, nextHash, toHex } from "@cyxwiz/proof";
import type { ReportedLink } from "../central-client/report.ts";

/**
 * The hash chain of a job as it grows, one link an epoch. After a crash it goes on from the links that were made before:
 * an epoch that is trained again must give the link that it gave then.
 */
export class ProofChain {
  readonly #jobId: string;
  readonly #checkpoints: Uint8Array[] = [];
  readonly #known: readonly ReportedLink[];
  #previous: Uint8Array;
  #latestSeconds: number;
  /** Where the chain starts: epoch 0, the state before the first step. */
  readonly start: ReportedLink;

  /**
   * Throws PROOF_INVALID for known links that do not start from this genesis.
   *
   * @param earlier.known the links that were made before, from epoch 0 on
   * @param earlier.epoch the epoch whose state training goes on from
   */
  constructor(
    jobId: string,
    genesis: Genesis,
    nowSeconds: number,
    earlier: { readonly known: readonly ReportedLink[]; readonly epoch: number } = { known: [], epoch: 0 },
  ) {
    this.#jobId = jobId;
    this.#known = earlier.known;
    this.#previous = genesisHash(genesis);
    this.#latestSeconds = earlier.known[0]?.timestampSeconds ?? nowSeconds;
    this.start = {
      epoch: 0,
      stateHash: toHex(genesis.initialStateHash),
      metricsHash: "",
      timestampSeconds: this.#latestSeconds,
      checkpointHash: toHex(this.#previous),
    };
    this.#compare(this.start, earlier.known[0]);
    for (const link of earlier.known.slice(1, earlier.epoch + 1)) {
      this.#previous = hashFromHex(link.checkpointHash, "checkpoint_hash");
      this.#checkpoints.push(this.#previous);
      this.#latestSeconds = link.timestampSeconds;
    }
  }

  /** Throws PROOF_INVALID where the epoch was trained before and gave something else. */
  add(stateHash: Uint8Array, metrics: Readonly<Record<string, number>>, nowSeconds: number): ReportedLink {
    const before = this.#known[this.#checkpoints.length + 1];
    // A clock that is set back must not make the chain invalid.
    const timestampSeconds = before?.timestampSeconds ?? Math.max(nowSeconds, this.#latestSeconds);
    this.#latestSeconds = timestampSeconds;
    const metricsHash = hashMetrics(metrics);
    const epoch = { stateHash, metricsHash, timestampSeconds: BigInt(timestampSeconds) };
    this.#previous = nextHash(this.#previous, epoch);
    this.#checkpoints.push(this.#previous);
    const link = {
      epoch: this.#checkpoints.length,
      stateHash: toHex(stateHash),
      metricsHash: toHex(metricsHash),
      timestampSeconds,
      checkpointHash: toHex(this.#previous),
    };
    this.#compare(link, before);
    return link;
  }

  /** H_1 … H_n so far, hex. */
  checkpoints(): string[] {
    return this.#checkpoints.map(toHex);
  }

  #compare(link: ReportedLink, before: ReportedLink | undefined): void {
    if (before === undefined || before.checkpointHash === link.checkpointHash) return;
    const what = before.stateHash === link.stateHash ? "metrics or terms" : "state";
    const problem = `epoch ${link.epoch}, trained again after a restart, has another ${what} than before`;
    throw new CyxwizError("PROOF_INVALID", { jobId: this.#jobId, problem });
  }

  /** The Merkle root over all links and the result, hex. */
  root(resultHash: Uint8Array): string {
    return toHex(jobRoot(this.#checkpoints, resultHash));
  }
}
