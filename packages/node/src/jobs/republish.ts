import type { KeptLink } from "../states/link-journal.ts";
import type { UpdateHub } from "./update-hub.ts";
import { checkpointUpdate } from "./updates.ts";

/** Has a hub know the newest checkpoint; those before it are in its history. */
export function republish(updates: UpdateHub, jobId: string, links: readonly KeptLink[]): void {
  const newest = links.at(-1);
  if (!newest || newest.epoch === 0) return;
  const { timestampSeconds, epoch, checkpointHash, metrics } = newest;
  updates.publish(checkpointUpdate(jobId, timestampSeconds, epoch, checkpointHash, metrics));
}
