import {
  type Address,
  appendTransactionMessageInstructions,
  createTransactionMessage,
  type Instruction,
  isTransactionMessageWithinSizeLimit,
  pipe,
  setTransactionMessageFeePayer,
} from "@solana/kit";

/** Whether instructions fit together into one transaction of this fee payer, with a signature of each signer. */
export function fitsTransaction(instructions: readonly Instruction[], feePayer: Address): boolean {
  return isTransactionMessageWithinSizeLimit(
    pipe(
      createTransactionMessage({ version: 0 }),
      (message) => setTransactionMessageFeePayer(feePayer, message),
      (message) => appendTransactionMessageInstructions(instructions, message),
    ),
  );
}
