import { statSync } from "node:fs";
import { pipeline } from "node:stream";
import { CyxwizError } from "@cyxwiz/errors";
import { sha256Bulk, toHex } from "@cyxwiz/proof";
import { encodeState, initialState, specOfJob } from "@cyxwiz/training";
import type { DisputedStates } from "../disputes/disputed-states.ts";
import type { JobResource } from "../http/job-resource.ts";
import { bytesContent, type Content, fileContent } from "../http/serve-content.ts";
import { jobIdBytes } from "../jobs/job-id.ts";
import { datasetPath } from "./job-directory.ts";
import { jobProof } from "./job-proof.ts";
import { type JobRecord, readJobRecord } from "./job-record.ts";
import { streamState } from "./state-file.ts";
import type { StateStore } from "./state-store.ts";

interface Kept {
  readonly dataDir: string;
  readonly states: StateStore;
  /** What referees were promised. */
  readonly disputed?: DisputedStates;
}

/**
 * What a job is replayed from: its proof, its data set, the state after an epoch. It is read from disk, so that it is
 * there after a restart as well. Throws NOT_KEPT, or STATE_NOT_KEPT naming the nearest epoch before it.
 */
export async function findKept(kept: Kept, resource: JobResource): Promise<Content> {
  const { dataDir, states } = kept;
  const { kind, jobId } = resource;
  jobIdBytes(jobId);
  const record = readJobRecord(dataDir, jobId);
  if (!record) throw new CyxwizError("NOT_KEPT", { jobId, what: "The proof" });
  switch (resource.kind) {
    case "proof": {
      const bytes = jobProof(dataDir, record, states);
      const sha256 = toHex(await sha256Bulk(bytes));
      return bytesContent(bytes, { sha256, filename: "proof.json", contentType: "application/json" });
    }
    case "dataset": {
      const path = datasetPath(dataDir, jobId);
      const size = statSync(path, { throwIfNoEntry: false })?.size;
      if (size === undefined) throw new CyxwizError("NOT_KEPT", { jobId, what: "The data set" });
      return fileContent({ path, size, sha256: record.datasetSha256, filename: "dataset" });
    }
    case "state":
      return resource.epoch === 0 ? initialContent(record) : stateContent(kept, jobId, resource.epoch);
    default:
      throw new CyxwizError("NOT_KEPT", { jobId, what: kind });
  }
}

function stateContent({ states, disputed }: Kept, jobId: string, epoch: number): Content {
  const held = disputed?.get(jobId, epoch);
  if (held) return bytesContent(held.bytes, { sha256: held.sha256, filename: `state-${epoch}.safetensors` });
  const before = states.list(jobId).filter((state) => state.epoch <= epoch);
  const file = before.at(-1);
  if (file?.epoch !== epoch) throw new CyxwizError("STATE_NOT_KEPT", { jobId, epoch, nearest: file?.epoch ?? 0 });
  return {
    size: file.size,
    sha256: file.sha256,
    contentType: "application/octet-stream",
    filename: `state-${epoch}.safetensors`,
    send: ({ start, end }, to) => void pipeline(streamState(file, start, end), to, () => undefined),
  };
}

/** The state before the first step follows from the agreed model and its seed. */
async function initialContent({ agreement }: JobRecord): Promise<Content> {
  const bytes = encodeState(initialState(specOfJob(agreement.config)));
  return bytesContent(bytes, { sha256: toHex(await sha256Bulk(bytes)), filename: "state-0.safetensors" });
}
