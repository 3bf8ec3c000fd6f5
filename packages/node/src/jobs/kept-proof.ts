import { readFileSync, rmdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { CyxwizError } from "@cyxwiz/errors";
import { z } from "zod";
import { jobDirectory, jobsOnDisk, namesIn } from "../states/job-directory.ts";
import { writeWholeSync } from "../util/write-whole-sync.ts";
import { jobIdBytes } from "./job-id.ts";

const FILE = "proof.json";
const hash = z.string().regex(/^[0-9a-f]{64}$/);

const schema = z.object({
  version: z.literal(1),
  escrow: z.string(),
  /** u64 as text. */
  nonce: z.string().regex(/^\d+$/),
  /** H_1 … H_n. */
  checkpoints: z.array(hash).min(1),
  resultHash: hash,
});

/** All it takes to prove a job's work on chain without anybody's help; hashes are hex. */
export type KeptProof = z.infer<typeof schema>;

/** Writes it into the job's directory, whole or not at all. Throws what the file system throws. */
export function keepProof(dataDir: string, jobId: string, proof: KeptProof): void {
  writeWholeSync(join(jobDirectory(dataDir, jobId), FILE), JSON.stringify(proof));
}

/** Reads it back. Throws JOB_NOT_FOUND where there is none. */
export function readProof(dataDir: string, jobId: string): KeptProof {
  jobIdBytes(jobId);
  try {
    return schema.parse(JSON.parse(readFileSync(join(jobDirectory(dataDir, jobId), FILE), "utf8")));
  } catch (cause) {
    throw new CyxwizError("JOB_NOT_FOUND", { jobId }, { cause });
  }
}

/** Removes the proofs that were written before a time: by then every escrow has ended. */
export function removeProofsBefore(dataDir: string, timeMs: number): void {
  for (const jobId of jobsOnDisk(dataDir)) {
    const directory = jobDirectory(dataDir, jobId);
    const path = join(directory, FILE);
    const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (written === undefined || written >= timeMs) continue;
    rmSync(path, { force: true });
    // What else the job has left keeps the directory.
    if (namesIn(directory).length === 0) rmdirSync(directory);
  }
}
