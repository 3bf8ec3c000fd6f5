import { type Chain, sendAndConfirm } from "@cyxwiz/chain";
import {
  fetchEscrow,
  findVaultAddress,
  getCancelEscrowInstructionAsync,
  type ProgramAddresses,
} from "@cyxwiz/contracts";
import type { Address, KeyPairSigner } from "@solana/kit";

/**
 * Takes everything back before the node has started; only the payer can.
 *
 * @returns the transaction's signature
 * @throws CyxwizError `TRANSACTION_FAILED` when the node has started or the escrow is settled already
 */
export async function cancelByPayer(
  { chain, wallet, programs }: { chain: Chain; wallet: KeyPairSigner; programs: ProgramAddresses },
  escrow: Address,
  signal: AbortSignal,
): Promise<string> {
  const { data } = await fetchEscrow(chain.rpc, escrow, { commitment: "confirmed", abortSignal: signal });
  const instruction = await getCancelEscrowInstructionAsync(
    {
      payer: wallet,
      escrow,
      vault: await findVaultAddress(escrow, programs),
      payerToken: data.payerToken,
      nonce: data.nonce,
    },
    { programAddress: programs.jobEscrow },
  );
  return sendAndConfirm(chain, {
    what: "Cancelling the escrow",
    instructions: [instruction],
    feePayer: wallet,
    attempts: 2,
    signal,
  });
}
