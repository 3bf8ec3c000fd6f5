import type { Client } from "@connectrpc/connect";
import { hashFromHex, type Link } from "@cyxwiz/proof";
import type { ProofService } from "@cyxwiz/protocol";

const PAGE_SIZE = 1_000;
const CALL_TIMEOUT_MS = 30_000;
const NO_METRICS = new Uint8Array();

/** A job's links from the start to the epoch `last`, fetched page by page as they are read. */
export async function* readLinks(
  central: Client<typeof ProofService>,
  { jobId, last, signal }: { readonly jobId: string; readonly last: number; readonly signal: AbortSignal },
): AsyncGenerator<Link, void, void> {
  let firstEpoch = 0;
  do {
    const request = { jobId, firstEpoch, pageSize: PAGE_SIZE };
    const page = await central.listLinks(request, { signal, timeoutMs: CALL_TIMEOUT_MS });
    for (const { epoch, stateHash, metricsHash, timestamp, checkpointHash } of page.links) {
      if (epoch > last) return;
      yield {
        epoch,
        stateHash: hashFromHex(stateHash, "state_hash"),
        metricsHash: epoch === 0 ? NO_METRICS : hashFromHex(metricsHash, "metrics_hash"),
        timestampSeconds: timestamp,
        checkpointHash: hashFromHex(checkpointHash, "checkpoint_hash"),
      };
    }
    // Forward, whatever Central says.
    if (page.nextEpoch <= firstEpoch) return;
    firstEpoch = page.nextEpoch;
  } while (firstEpoch > 0);
}
