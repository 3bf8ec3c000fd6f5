import { EscrowState, fetchAllMaybeEscrow, findEscrowAddress, type ProgramAddresses } from "@cyxwiz/contracts";
import type { Address, GetMultipleAccountsApi, Rpc } from "@solana/kit";

/** A place for one escrow at a time; its accounts are reused from job to job. */
export interface EscrowSlot {
  readonly slot: number;
  readonly escrow: Address;
  /** The use of the slot that a new escrow would be. */
  readonly nonce: bigint;
}

const BATCH = 8;

/**
 * The payer's first slot that holds no live escrow: one that was used and settled, or one that is new.
 *
 * @param taken slots that this process is about to use
 */
export async function findSlot(
  rpc: Rpc<GetMultipleAccountsApi>,
  payer: Address,
  options: { programs: ProgramAddresses; taken: ReadonlySet<number>; signal: AbortSignal },
): Promise<EscrowSlot> {
  for (let first = 0; ; first += BATCH) {
    const slots = Array.from({ length: BATCH }, (_, index) => first + index);
    const addresses = await Promise.all(slots.map((slot) => findEscrowAddress(payer, slot, options.programs)));
    const accounts = await fetchAllMaybeEscrow(rpc, addresses, {
      commitment: "confirmed",
      abortSignal: options.signal,
    });
    for (const [index, account] of accounts.entries()) {
      const slot = slots[index] as number;
      if (options.taken.has(slot)) continue;
      if (!account.exists) return { slot, escrow: account.address, nonce: 1n };
      const free = account.data.state === EscrowState.Settled || account.data.state === EscrowState.Empty;
      if (free) return { slot, escrow: account.address, nonce: account.data.nonce + 1n };
    }
  }
}
