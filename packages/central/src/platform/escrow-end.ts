import type { Chain } from "@cyxwiz/chain";
import { decodeProgramEvents, type ProgramAddresses } from "@cyxwiz/contracts";
import type { Address, Signature } from "@solana/kit";
import type { EscrowEnd } from "./platform-chain.ts";

/** So many transactions of an account are looked through, newest first: more than one use of it has, by far. */
const SEARCHED = 100;

/** How a use of an escrow has ended, from the log of the transaction that did it. */
export async function escrowEnd(
  { rpc }: Pick<Chain, "rpc">,
  programs: ProgramAddresses,
  use: { readonly escrow: Address; readonly nonce: bigint; readonly signature: string | undefined },
): Promise<EscrowEnd | undefined> {
  if (use.signature !== undefined) return endIn({ rpc }, programs, { ...use, signature: use.signature });
  const history = await rpc.getSignaturesForAddress(use.escrow, { commitment: "confirmed", limit: SEARCHED }).send();
  for (const { signature, err } of history) {
    const end = err === null ? await endIn({ rpc }, programs, { ...use, signature }) : undefined;
    if (end) return end;
  }
  return undefined;
}

async function endIn(
  { rpc }: Pick<Chain, "rpc">,
  programs: ProgramAddresses,
  { escrow, nonce, signature }: { readonly escrow: Address; readonly nonce: bigint; readonly signature: string },
): Promise<EscrowEnd | undefined> {
  const found = await rpc
    .getTransaction(signature as Signature, {
      commitment: "confirmed",
      encoding: "json",
      maxSupportedTransactionVersion: 0,
    })
    .send();
  if (!found?.meta || found.meta.err !== null) return undefined;
  for (const event of decodeProgramEvents(found.meta.logMessages ?? [], programs)) {
    if (event.name !== "EscrowSettled" || event.data.escrow !== escrow || event.data.nonce !== nonce) continue;
    const { outcome, toPayer, toNode, toTreasury } = event.data;
    return { outcome, toPayer, toNode, toTreasury, signature };
  }
  return undefined;
}
