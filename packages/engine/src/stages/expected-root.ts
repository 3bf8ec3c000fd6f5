import { hashFromHex, jobRoot, toHex } from "@cyxwiz/proof";
import type { FollowedTraining } from "../node-session/follow-training.ts";

/** The root that must be on chain, from the checkpoints the Engine has seen; `undefined` when it missed one. */
export function expectedRoot({ complete, checkpoints }: FollowedTraining): string | undefined {
  const hashes: Uint8Array[] = [];
  for (let epoch = 1; epoch <= Number(complete.totalEpochsCompleted); epoch++) {
    const hash = checkpoints.get(epoch);
    if (hash === undefined) return undefined;
    hashes.push(hashFromHex(hash, "checkpoint_hash"));
  }
  return toHex(jobRoot(hashes, hashFromHex(complete.resultHash, "result_hash")));
}
