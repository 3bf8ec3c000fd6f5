import type { Chain } from "@cyxwiz/chain";
import { DEFAULT_PROGRAM_ADDRESSES, type ProgramAddresses } from "@cyxwiz/contracts";
import type { Address, KeyPairSigner } from "@solana/kit";

/** Where an operator's node is looked up. */
export interface OperatorContext {
  readonly chain: Chain;
  readonly programs?: ProgramAddresses;
  readonly signal?: AbortSignal;
}

/** What an operator acts with. */
export interface OperatorAction extends OperatorContext {
  /** The node's wallet: signs and pays the fee. */
  readonly wallet: KeyPairSigner;
}

/** Whose node is looked at. */
export interface OperatorQuery extends OperatorContext {
  /** The node's wallet. */
  readonly wallet: Address;
}

/** The programs that a context means. */
export function programsOf({ programs = DEFAULT_PROGRAM_ADDRESSES }: OperatorContext): ProgramAddresses {
  return programs;
}

/** How accounts are read: as `confirmed`, until the context's signal aborts. */
export function confirmed({ signal }: OperatorContext) {
  return { commitment: "confirmed", ...(signal && { abortSignal: signal }) } as const;
}
