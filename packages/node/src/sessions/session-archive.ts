import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { type TrainingUpdate, TrainingUpdateSchema } from "@cyxwiz/protocol";
import { z } from "zod";
import { jobDirectory, jobsOnDisk } from "../states/job-directory.ts";
import { writeWholeSync } from "../util/write-whole-sync.ts";
import { SESSION_FILE, type StoredWeights } from "../weights/weights-store.ts";

const schema = z.object({
  /** Hashes of the tokens that open the session; the tokens themselves are nowhere. */
  tokenHashes: z.array(z.string()),
  endedAtMs: z.number(),
  weights: z.object({ path: z.string(), size: z.number(), sha256: z.string() }),
  end: z.json(),
});

/** What is kept of a session whose job has left weights, so that its client can fetch them after a restart. */
export interface ArchivedSession {
  readonly jobId: string;
  readonly tokenHashes: readonly string[];
  readonly endedAtMs: number;
  readonly weights: StoredWeights;
  /** The job's last update. */
  readonly end: TrainingUpdate;
}

/** Writes it beside the weights, whole or not at all. Throws what the file system throws. */
export function archiveSession(dataDir: string, session: ArchivedSession): void {
  const { jobId, end, ...rest } = session;
  const json = JSON.stringify({ ...rest, end: toJson(TrainingUpdateSchema, end) });
  writeWholeSync(join(jobDirectory(dataDir, jobId), SESSION_FILE), json);
}

/** The archived sessions that ended after `sinceMs` and whose weights are still there. */
export function readArchive(dataDir: string, sinceMs: number): ArchivedSession[] {
  return jobsOnDisk(dataDir).flatMap((jobId) => {
    try {
      const { end, ...rest } = schema.parse(
        JSON.parse(readFileSync(join(jobDirectory(dataDir, jobId), SESSION_FILE), "utf8")),
      );
      if (rest.endedAtMs < sinceMs || statSync(rest.weights.path).size !== rest.weights.size) return [];
      return [{ jobId, ...rest, end: fromJson(TrainingUpdateSchema, end as JsonValue) }];
    } catch {
      // Never finished, or damaged: then there is nothing to hand out.
      return [];
    }
  });
}
