import { jobIdToBytes } from "@cyxwiz/contracts";
import { type Genesis, hashFromHex, type OwnChain } from "@cyxwiz/proof";
import type { JobRecord } from "../states/job-record.ts";
import { LinkJournal } from "../states/link-journal.ts";

/** What a job's chain on this node starts from. */
export function genesisOf({ jobId, agreement, datasetSha256 }: JobRecord): Omit<Genesis, "initialStateHash"> {
  const { termsHash, config } = agreement;
  const datasetHash = hashFromHex(datasetSha256, "dataset_sha256");
  return { jobId: jobIdToBytes(jobId), termsHash, datasetHash, seed: config.seed };
}

/** The chain itself, as the journal on disk has it; `undefined` where it was removed. */
export function ownChain(dataDir: string, { jobId, ended }: JobRecord): OwnChain | undefined {
  const [start, ...links] = new LinkJournal(dataDir, jobId).read();
  if (!start) return undefined;
  const epochs = links.map(({ stateHash, metricsHash, timestampSeconds }) => ({
    stateHash: hashFromHex(stateHash, "state_hash"),
    metricsHash: hashFromHex(metricsHash, "metrics_hash"),
    timestampSeconds: BigInt(timestampSeconds),
  }));
  const resultHash = ended?.resultHash === undefined ? undefined : hashFromHex(ended.resultHash, "result_hash");
  return { initialStateHash: hashFromHex(start.stateHash, "state_hash"), epochs, ...(resultHash && { resultHash }) };
}
