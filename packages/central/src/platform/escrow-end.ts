import { type Chain, findPastTransaction, type PastTransaction } from "@cyxwiz/chain";
import { decodeProgramEvents, isTruncated, type ProgramAddresses } from "@cyxwiz/contracts";
import type { Address } from "@solana/kit";
import { endByInstruction } from "./end-by-instruction.ts";
import type { EscrowEnd } from "./platform-chain.ts";

/** So many transactions of an account are looked through, newest first: more than one use of it has, by far. */
const SEARCHED = 100;

/** One use of an escrow. */
export interface EscrowUse {
  readonly escrow: Address;
  readonly nonce: bigint;
}

/** How a use of an escrow has ended, from the transaction that did it. */
export async function escrowEnd(
  chain: Pick<Chain, "rpc">,
  programs: ProgramAddresses,
  { signature: known, ...use }: EscrowUse & { readonly signature: string | undefined },
): Promise<EscrowEnd | undefined> {
  for (const signature of known === undefined ? await successesOf(chain, use.escrow) : [known]) {
    const transaction = await findPastTransaction(chain.rpc, signature);
    const end = transaction?.succeeded && endIn(transaction, programs, use);
    if (end) return { ...end, signature };
  }
  return undefined;
}

async function successesOf({ rpc }: Pick<Chain, "rpc">, escrow: Address): Promise<string[]> {
  const history = await rpc.getSignaturesForAddress(escrow, { commitment: "confirmed", limit: SEARCHED }).send();
  return history.filter(({ err }) => err === null).map(({ signature }) => signature);
}

function endIn(
  transaction: PastTransaction,
  programs: ProgramAddresses,
  { escrow, nonce }: EscrowUse,
): Omit<EscrowEnd, "signature"> | undefined {
  for (const event of decodeProgramEvents(transaction.logs, programs)) {
    if (event.name !== "EscrowSettled" || event.data.escrow !== escrow || event.data.nonce !== nonce) continue;
    const { outcome, toPayer, toNode, toTreasury } = event.data;
    return { outcome, toPayer, toNode, toTreasury };
  }
  // Whoever ends an escrow can have so much logged before that its event is cut off.
  return isTruncated(transaction.logs)
    ? endByInstruction(transaction, programs.jobEscrow, { escrow, nonce })
    : undefined;
}
