import type { PastInstruction, PastTransaction } from "@cyxwiz/chain";
import { getU64Decoder } from "@solana/kit";

/** All instructions of a transaction, called directly or by other programs; none of one that failed. */
export function allInstructions(transaction: PastTransaction | undefined): readonly PastInstruction[] {
  return transaction?.succeeded ? [...transaction.instructions(), ...transaction.innerInstructions()] : [];
}

/** The u64 behind an instruction's discriminator: which use, or which place, it is about. */
export function leadingNumber({ data }: PastInstruction): bigint | undefined {
  return data.length < 9 ? undefined : getU64Decoder().decode(data, 1);
}
