import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isCanonicalUuid } from "@cyxwiz/contracts";

/** Where everything lies that a node has of a job. */
export function jobDirectory(dataDir: string, jobId: string): string {
  return join(dataDir, "jobs", jobId);
}

/** The data set, byte for byte as it was agreed. */
export function datasetPath(dataDir: string, jobId: string): string {
  return join(jobDirectory(dataDir, jobId), "dataset");
}

/** The same while it is on its way. */
export function spoolPath(dataDir: string, jobId: string): string {
  return `${datasetPath(dataDir, jobId)}.part`;
}

/** The ids of all jobs that a node has something of. */
export function jobsOnDisk(dataDir: string): string[] {
  return namesIn(join(dataDir, "jobs")).filter(isCanonicalUuid);
}

/** Names in a directory; none where there is no such directory. */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
