import { type Chain, sendAndConfirm } from "@cyxwiz/chain";
import {
  EscrowState,
  fetchEscrow,
  getCancelEscrowInstructionAsync,
  getTimeoutRefundInstructionAsync,
  type ProgramAddresses,
} from "@cyxwiz/contracts";
import type { Address, KeyPairSigner } from "@solana/kit";

/**
 * Takes everything in an escrow back without anybody's help: before the node has started only the payer can; after the
 * deadline anybody can, whoever else may be gone.
 *
 * @returns the transaction's signature
 * @throws CyxwizError `TRANSACTION_FAILED` when the node has started and the deadline has not passed, or the escrow is
 * settled already
 */
export async function takeBack(
  { chain, wallet, programs }: { chain: Chain; wallet: KeyPairSigner; programs: ProgramAddresses },
  escrow: Address,
  signal: AbortSignal,
): Promise<string> {
  const { data } = await fetchEscrow(chain.rpc, escrow, { commitment: "confirmed", abortSignal: signal });
  const accounts = { escrow, vault: data.vault, payerToken: data.payerToken, nonce: data.nonce };
  const program = { programAddress: programs.jobEscrow };
  const instruction =
    data.state === EscrowState.Created
      ? await getCancelEscrowInstructionAsync({ ...accounts, payer: wallet }, program)
      : await getTimeoutRefundInstructionAsync({ ...accounts, caller: wallet }, program);
  return sendAndConfirm(chain, {
    what: "Taking the escrow back",
    instructions: [instruction],
    feePayer: wallet,
    attempts: 2,
    signal,
  });
}
