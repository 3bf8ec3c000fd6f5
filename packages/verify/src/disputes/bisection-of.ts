import { jobIdToBytes } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { type Bisection, type BisectionCase, hashFromHex, replayBisection } from "@cyxwiz/proof";
import type { Dispute } from "@cyxwiz/protocol";
import { address, getAddressEncoder } from "@solana/kit";

/**
 * What a dispute comes to by the moves that the referee has published. Signatures are not checked: whoever plays knows its own
 * moves, and the others' have done nothing but ask.
 *
 * @throws CyxwizError `INVALID_FIELD` for what is no dispute
 */
export function bisectionOf({ jobId, case: about, startedAt, moves }: Dispute): Bisection {
  if (!about) throw new CyxwizError("INVALID_FIELD", { field: "case", problem: "is missing" });
  const stated: BisectionCase = {
    genesis: {
      jobId: jobIdToBytes(jobId),
      termsHash: hashFromHex(about.termsHash, "terms_hash"),
      datasetHash: hashFromHex(about.datasetSha256, "dataset_sha256"),
      seed: about.seed,
    },
    ...{ escrow: keyBytes(about.escrowAddress), nonce: about.escrowNonce, root: hashFromHex(about.root, "root") },
    ...{ epochs: about.epochs, hasResult: about.hasResult, moveSeconds: about.moveSeconds },
    ...{ challenger: keyBytes(about.challengerWallet), node: keyBytes(about.nodeWallet) },
  };
  const taken = moves.map(({ move: bytes, signature, at: atSeconds }) => ({ bytes, signature, atSeconds }));
  return replayBisection(stated, { startedSeconds: startedAt, moves: taken });
}

function keyBytes(text: string): Uint8Array {
  return new Uint8Array(getAddressEncoder().encode(address(text)));
}
