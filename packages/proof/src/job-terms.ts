import canonicalize from "canonicalize";
import { type Hash, sha256, utf8ToBytes } from "./bytes.ts";

/** What a payer agrees to, named as in the protocol's JobConfig, so that a JobConfig message can be passed as it is. */
export interface JobTerms {
  readonly jobId: string;
  readonly jobType: number;
  readonly priority: number;
  readonly modelDefinition: string;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly datasetUri: string;
  readonly datasetSha256: string;
  readonly datasetSamples: bigint;
  readonly testSamples: bigint;
  readonly batchSize: number;
  readonly epochs: number;
  readonly seed: bigint;
}

/** SHA-256 of the terms as canonical JSON (RFC 8785): snake_case names, integers of 64 bits as decimal text. */
export function hashJobTerms(terms: JobTerms): Hash {
  const json = canonicalize({
    version: 1,
    job_id: terms.jobId,
    job_type: terms.jobType,
    priority: terms.priority,
    model_definition: terms.modelDefinition,
    hyperparameters: terms.hyperparameters,
    dataset_uri: terms.datasetUri,
    dataset_sha256: terms.datasetSha256,
    dataset_samples: terms.datasetSamples.toString(),
    test_samples: terms.testSamples.toString(),
    batch_size: terms.batchSize,
    epochs: terms.epochs,
    seed: terms.seed.toString(),
  });
  return sha256(utf8ToBytes(json as string));
}
