import { TOKEN_DECIMALS } from "@cyxwiz/chain";
import type { Address, Instruction, TransactionSigner } from "@solana/kit";
import { getApproveCheckedInstruction } from "@solana-program/token";

/** Who may spend how much of the fees. */
export interface TreasuryAllowance {
  /** Of the treasury's token account. */
  readonly owner: TransactionSigner;
  readonly treasury: Address;
  readonly mint: Address;
  /** Central's wallet. */
  readonly coordinator: Address;
  /** In base units; replaces what was left of an earlier allowance. */
  readonly amount: bigint;
}

/** Lets Central pay auditors from the treasury, up to an amount: the token program's own allowance. */
export function allowFromTreasury({ owner, treasury, mint, coordinator, amount }: TreasuryAllowance): Instruction {
  return getApproveCheckedInstruction({
    ...{ source: treasury, mint, delegate: coordinator, owner, amount },
    decimals: TOKEN_DECIMALS,
  });
}
