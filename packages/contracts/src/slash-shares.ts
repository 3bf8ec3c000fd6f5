import { DEFAULT_REGISTRY_PARAMETERS } from "./economy.ts";

/** Who gets what of stake that was slashed. */
export interface SlashShares {
  readonly payer: bigint;
  readonly insurance: bigint;
  readonly burned: bigint;
}

/**
 * Splits what is slashed: of a lost dispute the payer's part first, then the insurance account's, each rounded down;
 * the remainder is burned. Assumes that both accounts can receive.
 */
export function slashShares(
  amount: bigint,
  lostDispute: boolean,
  parameters: Pick<
    typeof DEFAULT_REGISTRY_PARAMETERS,
    "insuranceBps" | "disputePayerBps"
  > = DEFAULT_REGISTRY_PARAMETERS,
): SlashShares {
  const payer = lostDispute ? (amount * BigInt(parameters.disputePayerBps)) / 10_000n : 0n;
  const insurance = ((amount - payer) * BigInt(parameters.insuranceBps)) / 10_000n;
  return { payer, insurance, burned: amount - payer - insurance };
}
