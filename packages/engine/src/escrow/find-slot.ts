import { type Chain, chainTime } from "@cyxwiz/chain";
import {
  type Escrow,
  EscrowState,
  findEscrowAddress,
  getEscrowDecoder,
  nextNonce,
  type ProgramAddresses,
  REPORT_DUE,
} from "@cyxwiz/contracts";
import { type Address, fetchEncodedAccounts, type MaybeEncodedAccount } from "@solana/kit";

/** A place for one escrow at a time; its accounts are reused from job to job. */
export interface EscrowSlot {
  readonly slot: number;
  readonly escrow: Address;
  /** The use of the slot that a new escrow would be. */
  readonly nonce: bigint;
  /** The slot's last job, when the node registry has to hear of its end before the slot can be used again. */
  readonly unreported?: Escrow;
}

const BATCH = 8;

/**
 * The payer's first slot that holds no live escrow: one that was used and settled, or one that is new.
 *
 * @param taken slots to leave alone
 */
export async function findSlot(
  chain: Chain,
  payer: Address,
  options: { programs: ProgramAddresses; taken: ReadonlySet<number>; signal: AbortSignal },
): Promise<EscrowSlot> {
  const { programs, taken, signal } = options;
  const chainSeconds = await chainTime(chain, signal);
  for (let first = 0; ; first += BATCH) {
    const slots = Array.from({ length: BATCH }, (_, index) => first + index);
    const addresses = await Promise.all(slots.map((slot) => findEscrowAddress(payer, slot, programs)));
    const accounts = await fetchEncodedAccounts(chain.rpc, addresses, { commitment: "confirmed", abortSignal: signal });
    for (const [index, account] of accounts.entries()) {
      const slot = slots[index] as number;
      if (taken.has(slot)) continue;
      const place = { slot, escrow: account.address };
      if (!account.exists) return { ...place, nonce: nextNonce(undefined, chainSeconds) };
      const last = decode(account);
      if (last === undefined || (last.state !== EscrowState.Settled && last.state !== EscrowState.Empty)) continue;
      const nonce = nextNonce(last, chainSeconds);
      return { ...place, nonce, ...(last.reported === REPORT_DUE && { unreported: last }) };
    }
  }
}

// An account of another version can't be used before it is migrated.
function decode(account: MaybeEncodedAccount & { exists: true }): Escrow | undefined {
  const decoder = getEscrowDecoder();
  return account.data.length === decoder.fixedSize ? decoder.decode(account.data) : undefined;
}
