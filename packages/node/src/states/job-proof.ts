import { toJson } from "@bufbuild/protobuf";
import { toHex } from "@cyxwiz/proof";
import { JobConfigSchema } from "@cyxwiz/protocol";
import { readOrders } from "../jobs/parameter-order.ts";
import type { JobRecord } from "./job-record.ts";
import { LinkJournal } from "./link-journal.ts";
import type { StateStore } from "./state-store.ts";

/**
 * What `GET /jobs/<id>/proof` answers, as UTF-8 JSON: the job as it was agreed, its links as far as it has come, and the
 * epochs whose states are kept.
 */
export function jobProof(dataDir: string, record: JobRecord, states: StateStore): Uint8Array {
  const { jobId, agreement, nonce, datasetSha256, ended } = record;
  const json = JSON.stringify({
    version: 1,
    jobId,
    config: toJson(JobConfigSchema, agreement.config),
    termsHash: toHex(agreement.termsHash),
    escrow: agreement.escrowAddress,
    nonce: nonce.toString(),
    payer: agreement.payerWallet,
    datasetSha256,
    // "running" until the job has ended on this node.
    phase: ended?.phase ?? "running",
    resultHash: ended?.resultHash ?? null,
    storedEpochs: states.list(jobId).map(({ epoch }) => epoch),
    parameterOrders: readOrders(dataDir, jobId),
  });
  // A job can have 100,000 links: they are JSON on disk already.
  const links = new LinkJournal(dataDir, jobId).text().trimEnd().replaceAll("\n", ",");
  return new TextEncoder().encode(`${json.slice(0, -1)},"links":[${links}]}`);
}
