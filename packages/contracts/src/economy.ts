/** CYXWIZ has 9 decimals: base units per token. */
export const BASE_UNITS_PER_CYXWIZ = 1_000_000_000n;

/** Decimals of the CYXWIZ mint. */
export const CYXWIZ_DECIMALS = 9;

const DAY_SECONDS = 86_400n;
const cyxwiz = (tokens: bigint): bigint => tokens * BASE_UNITS_PER_CYXWIZ;

/** Bit in an escrow's `flags`: the coordinator may release the payment at once. */
export const FLAG_AUTO_RELEASE = 1;

/** The platform's parameters as the economy's rules have them; amounts in base units. */
export const DEFAULT_PLATFORM_PARAMETERS = {
  feeBps: 1_000,
  diamondFeeBps: 800,
  cancelFeeBps: 1_000,
  timeoutSeconds: 7n * DAY_SECONDS,
  minimumTimeoutSeconds: 60n,
  challengeWindowSeconds: DAY_SECONDS,
  evidenceWindowSeconds: 2n * DAY_SECONDS,
  appealWindowSeconds: 7n * DAY_SECONDS,
  arbitrationWindowSeconds: 7n * DAY_SECONDS,
  appealDeposit: cyxwiz(100n),
  stakeBounds: [cyxwiz(10n), cyxwiz(50n), cyxwiz(200n)],
  stakeMinimums: [cyxwiz(50n), cyxwiz(200n), cyxwiz(1_000n), cyxwiz(5_000n)],
};

/** The registry's parameters as the economy's rules have them. */
export const DEFAULT_REGISTRY_PARAMETERS = {
  lockSeconds: 30n * DAY_SECONDS,
  jobLockSeconds: 7n * DAY_SECONDS,
  withdrawalSeconds: 14n * DAY_SECONDS,
  suspensionSeconds: 30n * DAY_SECONDS,
  failureWindowSeconds: 7n * DAY_SECONDS,
  yieldAfterSeconds: 90n * DAY_SECONDS,
  slashTimeoutBps: 1_000,
  slashInvalidProofBps: 2_500,
  slashFailuresBps: 3_000,
  slashDisputeBps: 5_000,
  insuranceBps: 8_000,
  disputePayerBps: 5_000,
  yieldBps: 500,
};

/** The stake in base units that a node needs for a job of `amount` base units. */
export function minimumStake(
  amount: bigint,
  parameters: Pick<typeof DEFAULT_PLATFORM_PARAMETERS, "stakeBounds" | "stakeMinimums"> = DEFAULT_PLATFORM_PARAMETERS,
): bigint {
  const tier = parameters.stakeBounds.findIndex((bound) => amount < bound);
  return parameters.stakeMinimums.at(tier)!;
}

/** Who gets what when an escrow completes: both shares rounded down, the remainder to the payer. */
export function completionShares(amount: bigint, feeBps: number): { node: bigint; treasury: bigint; payer: bigint } {
  const node = (amount * BigInt(10_000 - feeBps)) / 10_000n;
  const treasury = (amount * BigInt(feeBps)) / 10_000n;
  return { node, treasury, payer: amount - node - treasury };
}

/**
 * Who gets what when a job is cancelled while it runs: the node the part done and the fee on the rest, each rounded
 * down; the payer what remains.
 */
export function cancellationShares(
  amount: bigint,
  job: { readonly leafCount: number; readonly checkpoints: number; readonly cancelFeeBps: number },
): { node: bigint; payer: bigint } {
  const done = (amount * BigInt(job.leafCount)) / BigInt(job.checkpoints);
  const node = done + ((amount - done) * BigInt(job.cancelFeeBps)) / 10_000n;
  return { node, payer: amount - node };
}
