import { equalBytes, nodeMove } from "@cyxwiz/proof";
import { DisputeStage } from "@cyxwiz/protocol";
import { bisectionOf } from "@cyxwiz/verify";
import type { CentralClient } from "../central-client/central-client.ts";
import type { Wallet } from "../identity/wallet.ts";
import { readJobRecord } from "../states/job-record.ts";
import { describe, type Logger } from "../util/log.ts";
import { pause } from "../util/retry.ts";
import type { DisputedStates } from "./disputed-states.ts";
import { genesisOf, ownChain } from "./own-chain.ts";

/** How long to stay for the challenger's next move; a later one is heard of with a heartbeat. */
const STAY_MS = 10_000;
const PAUSE_FIRST_MS = 50;
const PAUSE_MAX_MS = 1_000;

/** What it takes to answer. */
export interface DisputeDeskOptions {
  readonly central: CentralClient;
  readonly dataDir: string;
  readonly states: DisputedStates;
  readonly wallet: Pick<Wallet, "address" | "sign">;
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/** Answers for the node in disputes about its jobs, from what it has on disk; its operator need not be there. */
export class DisputeDesk {
  readonly #options: DisputeDeskOptions;
  readonly #running = new Map<string, Promise<void>>();

  constructor(options: DisputeDeskOptions) {
    this.#options = options;
  }

  /** Answers all that waits for the node, as Central has just said; never throws. What fails is asked for again with the next heartbeat. */
  answer(jobIds: readonly string[]): void {
    const { log, states } = this.#options;
    states.keepOnly(jobIds);
    for (const jobId of jobIds.filter((each) => !this.#running.has(each))) {
      const run = this.#answer(jobId)
        .catch((error: unknown) => log.warn({ jobId, problem: describe(error) }, "a dispute is answered later"))
        .finally(() => this.#running.delete(jobId));
      this.#running.set(jobId, run);
    }
  }

  /** Resolves when nothing is being answered any more; the signal ends that. */
  async close(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  async #answer(jobId: string): Promise<void> {
    const { central, dataDir, states, wallet, signal, log } = this.#options;
    const { disputes } = central;
    const record = readJobRecord(dataDir, jobId);
    const chain = record && ownChain(dataDir, record);
    if (!record || !chain) {
      log.error({ jobId }, "a dispute is about a job of which nothing is kept any more");
      return;
    }
    let dispute = await central.call(() => disputes.getDispute({ jobId }, { signal }));
    let [waitedMs, pauseMs] = [0, PAUSE_FIRST_MS];
    for (;;) {
      const state = bisectionOf(dispute);
      const { genesis } = state.about;
      const own = genesisOf(record);
      if (!equalBytes(genesis.termsHash, own.termsHash) || !equalBytes(genesis.datasetHash, own.datasetHash)) {
        log.error({ jobId }, "a dispute is about other terms or data than this node has agreed to");
        return;
      }
      if (dispute.stage === DisputeStage.REPLAY && state.outcome?.kind === "parted") {
        const { agreed, epoch } = state.outcome;
        log.info({ jobId, epoch }, "a dispute has come to one epoch, which is trained again by the referee");
        await states.hold(record, agreed?.position ?? 0, signal);
        return;
      }
      const bytes = dispute.stage === DisputeStage.BISECTION ? nodeMove(state, chain) : undefined;
      if (bytes === undefined) {
        if (dispute.stage !== DisputeStage.BISECTION || waitedMs > STAY_MS || signal.aborted) return;
        await pause(pauseMs, signal);
        waitedMs += pauseMs;
        pauseMs = Math.min(pauseMs * 1.5, PAUSE_MAX_MS);
        dispute = await central.call(() => disputes.getDispute({ jobId }, { signal }));
        continue;
      }
      [waitedMs, pauseMs] = [0, PAUSE_FIRST_MS];
      const move = { move: bytes, signature: await wallet.sign(bytes) };
      dispute = await central.call(() => disputes.makeMove({ jobId, move }, { signal }));
      log.info({ jobId, round: state.turn?.round, position: state.turn?.position }, "answered in a dispute");
    }
  }
}
