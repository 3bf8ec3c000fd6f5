import { retry } from "@cyxwiz/chain";
import { type ErrorName, isCyxwizError } from "@cyxwiz/errors";
import { hashFromHex, type Link } from "@cyxwiz/proof";
import type { ProofCalls } from "./verify-context.ts";

const PAGE_SIZE = 1_000;
const CALL_TIMEOUT_MS = 30_000;
/** A job of 100,000 epochs has a hundred pages; Central lets only so many calls through a minute. */
const WITHIN_MS = 120_000;
const PASSING: readonly ErrorName[] = ["UNREACHABLE", "CALL_TIMED_OUT", "TOO_MANY_REQUESTS"];
const NO_METRICS = new Uint8Array();

/** A job's links from the start to the epoch `last`, fetched page by page as they are read. */
export async function* readLinks(
  central: Pick<ProofCalls, "listLinks">,
  { jobId, last, signal }: { readonly jobId: string; readonly last: number; readonly signal: AbortSignal },
): AsyncGenerator<Link, void, void> {
  let firstEpoch = 0;
  do {
    const request = { jobId, firstEpoch, pageSize: PAGE_SIZE };
    const page = await retry(() => central.listLinks(request, { signal, timeoutMs: CALL_TIMEOUT_MS }), {
      ...{ what: "Reading the job's links", signal, withinMs: WITHIN_MS },
      when: (error) => isCyxwizError(error) && PASSING.includes(error.code),
    });
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
