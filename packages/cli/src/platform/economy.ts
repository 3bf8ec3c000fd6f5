const DAY_SECONDS = 86_400n;
const TOKEN = 10n ** 9n;

/** The platform's parameters unless somebody sets others: rates in basis points, amounts in base units. */
export const DEFAULT_PLATFORM = {
  feeBps: 1_000,
  diamondFeeBps: 800,
  cancelFeeBps: 1_000,
  timeoutSeconds: 7n * DAY_SECONDS,
  minimumTimeoutSeconds: 3_600n,
  challengeWindowSeconds: 2n * DAY_SECONDS,
  evidenceWindowSeconds: 2n * DAY_SECONDS,
  appealWindowSeconds: 7n * DAY_SECONDS,
  appealDeposit: 100n * TOKEN,
  /** A job of less than the first bound needs the first minimum of stake, and so on. */
  stakeBounds: [10n * TOKEN, 50n * TOKEN, 200n * TOKEN],
  stakeMinimums: [50n * TOKEN, 200n * TOKEN, 1_000n * TOKEN, 5_000n * TOKEN],
};

export const DEFAULT_REGISTRY = {
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
