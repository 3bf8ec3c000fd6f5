import { readTransaction } from "@cyxwiz/chain";
import {
  decodeProgramEvents,
  fetchMaybeEscrow,
  jobIdFromBytes,
  type ProgramAddresses,
  type RootAnchoredEvent,
} from "@cyxwiz/contracts";
import { type AnchoredRoot, hashFromHex, toHex } from "@cyxwiz/proof";
import type { GetCommitmentsResponse } from "@cyxwiz/protocol";
import { address, type GetAccountInfoApi, type GetTransactionApi, type Rpc } from "@solana/kit";

type ChainRpc = Rpc<GetAccountInfoApi & GetTransactionApi>;

/** What the chain says of a job. */
export interface JobOnChain {
  readonly payer: string;
  readonly nodeWallet: string;
  /** Epochs agreed. */
  readonly checkpoints: number;
  /** Roots on the way, in the order in which they were put there. */
  readonly anchors: readonly AnchoredRoot[];
  /** The root over everything, of a job that is proved. */
  readonly final?: AnchoredRoot;
  /** Where Central says something else. */
  readonly problems: readonly string[];
}

/**
 * Reads from the chain what Central says of a job: who made its escrow for whom, the roots that were put there and, as
 * long as the escrow account still serves this job, the terms and the result. Of Central only the places to look are taken.
 *
 * @throws CyxwizError `RECEIPT_MISMATCH` for a transaction that the chain does not show.
 */
export async function readOnChain(
  rpc: ChainRpc,
  claimed: GetCommitmentsResponse,
  { programs, signal }: { programs: ProgramAddresses; signal: AbortSignal },
): Promise<JobOnChain> {
  const { escrowAddress, escrowNonce, jobId } = claimed;
  const problems: string[] = [];
  const compare = (what: string, central: string | number, chain: string | number) => {
    if (central !== chain) problems.push(`${what}: Central says ${central}, the chain ${chain}`);
  };
  const eventsOf = async (signature: string, what: string) => {
    const { logs } = await readTransaction(rpc, signature, { what, signal });
    return decodeProgramEvents(logs, programs).flatMap((event) =>
      "nonce" in event.data && event.data.escrow === escrowAddress && event.data.nonce === escrowNonce ? [event] : [],
    );
  };

  const created = (await eventsOf(claimed.escrowTxSignature, "the escrow")).find(
    ({ name }) => name === "EscrowCreated",
  );
  if (created?.name !== "EscrowCreated") {
    const problem = `transaction ${claimed.escrowTxSignature} does not make escrow ${escrowAddress} for this job`;
    return { payer: "", nodeWallet: "", checkpoints: 0, anchors: [], problems: [problem] };
  }
  const { payer, node: nodeWallet, checkpoints } = created.data;
  compare("the escrow's job", jobId, jobIdFromBytes(created.data.jobId));
  compare("the payer", claimed.payerWallet, payer);
  compare("the node", claimed.nodeWallet, nodeWallet);
  compare("the epochs agreed", claimed.epochs, checkpoints);
  if (claimed.epochsReported > checkpoints)
    problems.push(`Central shows ${claimed.epochsReported} epochs of ${checkpoints}`);

  const anchors: AnchoredRoot[] = [];
  let final: AnchoredRoot | undefined;
  for (const { root, leafCount, isFinal, txSignature } of claimed.anchors) {
    const events = await eventsOf(txSignature, `the root over ${leafCount} leaves`);
    const found = events.find((event) => event.name === "RootAnchored" && isRoot(event.data, leafCount, isFinal));
    if (found?.name !== "RootAnchored")
      problems.push(`transaction ${txSignature} puts no root over ${leafCount} leaves`);
    else {
      compare(`the root over ${leafCount} leaves`, root, toHex(found.data.root as Uint8Array));
      const anchor = { root: new Uint8Array(found.data.root), leafCount };
      // A proof may be handed in again once: the last counts.
      if (isFinal) final = anchor;
      else anchors.push(anchor);
    }
  }

  const account = await fetchMaybeEscrow(rpc, address(escrowAddress), { commitment: "confirmed", abortSignal: signal });
  // The account serves one job after the other; what it said of this one stays in the transactions.
  if (account.exists && account.data.nonce === escrowNonce) {
    const { termsHash, root, resultHash, leafCount } = account.data;
    compare("the terms", claimed.termsHash, toHex(termsHash as Uint8Array));
    if (claimed.root !== "" && resultHash.some((byte) => byte !== 0)) {
      compare("the result", claimed.resultHash, toHex(resultHash as Uint8Array));
      compare("the last root", claimed.root, toHex(root as Uint8Array));
      final ??= { root: new Uint8Array(root), leafCount };
    }
  }
  if (final && claimed.root !== "") compare("the last root", claimed.root, toHex(final.root));
  return { payer, nodeWallet, checkpoints, anchors, problems, ...(final && { final }) };
}

/** The end of a job as `verifyCommitments` takes it; nothing of a job that is not proved. */
export function endOf({ final }: JobOnChain, { resultHash }: GetCommitmentsResponse) {
  return final && resultHash !== "" ? { ...final, resultHash: hashFromHex(resultHash, "result_hash") } : undefined;
}

function isRoot(event: RootAnchoredEvent, leafCount: number, isFinal: boolean): boolean {
  return event.leafCount === leafCount && (event.isFinal !== 0) === isFinal;
}
