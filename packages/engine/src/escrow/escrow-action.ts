import { type Chain, findTokenAccount, sendAndConfirm } from "@cyxwiz/chain";
import {
  DEFAULT_PROGRAM_ADDRESSES,
  type Escrow,
  fetchEscrow,
  fetchPlatform,
  findPlatformAddress,
  type ProgramAddresses,
} from "@cyxwiz/contracts";
import type { Address, Instruction, KeyPairSigner } from "@solana/kit";

/** Who does something with an escrow on chain, and where. */
export interface EscrowAction {
  readonly chain: Chain;
  /** Signs and pays the fee. */
  readonly wallet: KeyPairSigner;
  readonly programs?: ProgramAddresses;
  readonly signal?: AbortSignal;
}

/** What an action's instruction is made of. */
export interface ActionContext {
  /** The account as it is now. */
  readonly escrow: Escrow;
  /** What every instruction on this use of the escrow names. */
  readonly use: { readonly escrow: Address; readonly nonce: bigint };
  readonly platform: Address;
  /** For the generated instructions. */
  readonly program: { readonly programAddress: Address };
}

/** Reads the escrow, and sends what is to be done with it. Gives the transaction's signature. */
export async function act(
  what: string,
  address: Address,
  options: EscrowAction,
  build: (context: ActionContext) => Promise<Instruction>,
): Promise<string> {
  const { chain, wallet, programs = DEFAULT_PROGRAM_ADDRESSES, signal } = options;
  const { data: escrow } = await fetchEscrow(chain.rpc, address, readOptions(signal));
  const platform = await findPlatformAddress(programs);
  const use = { escrow: address, nonce: escrow.nonce };
  const instruction = await build({ escrow, use, platform, program: { programAddress: programs.jobEscrow } });
  return sendAndConfirm(chain, {
    what,
    instructions: [instruction],
    feePayer: wallet,
    attempts: 2,
    ...(signal && { signal }),
  });
}

/** The accounts that a decision or a payment moves an escrow's tokens between. */
export async function payoutAccounts({ escrow, platform }: ActionContext, { chain, signal }: EscrowAction) {
  const { treasury } = (await fetchPlatform(chain.rpc, platform, readOptions(signal))).data;
  const nodeToken = await findTokenAccount({ owner: escrow.node, mint: escrow.mint });
  return { platform, vault: escrow.vault, nodeToken, treasury, payerToken: escrow.payerToken };
}

function readOptions(signal: AbortSignal | undefined) {
  return { commitment: "confirmed", ...(signal && { abortSignal: signal }) } as const;
}
