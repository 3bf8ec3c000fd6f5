/**
 * What the model remembers. Accounts and wallets are called by their names in the cast ("payer0", "payer0/1.vault",
 * "node2.token"), hashes by a label; an empty label is 32 zeros. So a failing sequence can be read.
 */

export interface Token {
  /** Wallet or program account that may move the tokens. */
  owner: string;
  readonly mint: string;
  amount: bigint;
  /** A closed token account is an empty address; it can receive nothing. */
  open: boolean;
}

export interface Platform {
  paused: number;
  feeBps: number;
  diamondFeeBps: number;
  cancelFeeBps: number;
  timeoutSeconds: bigint;
  minimumTimeoutSeconds: bigint;
  challengeWindowSeconds: bigint;
  evidenceWindowSeconds: bigint;
  appealWindowSeconds: bigint;
  arbitrationWindowSeconds: bigint;
  appealDeposit: bigint;
  admin: string;
  pendingAdmin: string;
  coordinator: string;
  arbiter: string;
  treasury: string;
}

/** States, outcomes, decisions and faults as the programs number them. */
export const State = {
  Empty: 0,
  Created: 1,
  Running: 2,
  Committed: 3,
  Proven: 4,
  Disputed: 5,
  Appealed: 6,
  Settled: 7,
  Resolved: 8,
} as const;
export type State = (typeof State)[keyof typeof State];

export const Outcome = {
  None: 0,
  Completed: 1,
  Refunded: 2,
  Cancelled: 3,
  TimedOut: 4,
  CancelledRunning: 5,
  ResolvedForPayer: 6,
  ResolvedForNode: 7,
  Approved: 8,
} as const;

export const Decision = { None: 0, ForPayer: 1, ForNode: 2 } as const;
export const Fault = { None: 0, Failed: 1, InvalidProof: 2, DisputeLost: 3 } as const;
export const Reported = { Nothing: 0, Due: 1, Done: 2 } as const;

export interface Escrow {
  readonly name: string;
  readonly vault: string;
  readonly payer: string;
  readonly slot: number;
  /** Is there an account? */
  exists: boolean;
  state: State;
  outcome: number;
  flags: number;
  proofCount: number;
  feeBps: number;
  cancelFeeBps: number;
  nonce: bigint;
  amount: bigint;
  deposit: bigint;
  createdAt: bigint;
  deadline: bigint;
  startedAt: bigint;
  anchoredAt: bigint;
  settledAt: bigint;
  challengeWindowSeconds: bigint;
  evidenceWindowSeconds: bigint;
  arbitrationWindowSeconds: bigint;
  appealWindowSeconds: bigint;
  appealDeposit: bigint;
  leafCount: number;
  checkpoints: number;
  appealCount: number;
  evidenceUntil: bigint;
  appealUntil: bigint;
  decisionUntil: bigint;
  payerToken: string;
  node: string;
  termsHash: string;
  root: string;
  resultHash: string;
  proofCommitment: string;
  committedSlot: bigint;
  payerEvidence: string;
  nodeEvidence: string;
  disputedBy: string;
  decision: number;
  fault: number;
  reported: number;
}

export interface Registry {
  paused: number;
  lockSeconds: bigint;
  jobLockSeconds: bigint;
  withdrawalSeconds: bigint;
  suspensionSeconds: bigint;
  failureWindowSeconds: bigint;
  yieldAfterSeconds: bigint;
  slashTimeoutBps: number;
  slashInvalidProofBps: number;
  slashFailuresBps: number;
  slashDisputeBps: number;
  insuranceBps: number;
  disputePayerBps: number;
  yieldBps: number;
  admin: string;
  pendingAdmin: string;
  coordinator: string;
  arbiter: string;
  escrowProgram: string;
  reputationProgram: string;
  insurance: string;
}

export const Status = { Empty: 0, Active: 1, Suspended: 2, Banned: 3, Withdrawn: 4 } as const;
export type Status = (typeof Status)[keyof typeof Status];

export interface Node {
  readonly name: string;
  readonly wallet: string;
  readonly stakeVault: string;
  exists: boolean;
  status: Status;
  tier: number;
  staked: bigint;
  withdrawing: bigint;
  rewards: bigint;
  registeredAt: bigint;
  lockUntil: bigint;
  withdrawalRequestedAt: bigint;
  withdrawableAt: bigint;
  suspendedUntil: bigint;
  slashedTotal: bigint;
  lastSlashedAt: bigint;
  yieldClaimedAt: bigint;
  runningJobs: number;
  slashEvidence: string;
  slashEscrow: string;
  slashNonce: bigint;
}

export interface Model {
  now: bigint;
  slot: bigint;
  readonly platform: Platform;
  readonly registry: Registry;
  readonly escrows: Map<string, Escrow>;
  readonly nodes: Map<string, Node>;
  readonly tokens: Map<string, Token>;
  burned: bigint;
}

/** The token account of that name if there is one now. */
export function openToken(model: Model, name: string | undefined): Token | undefined {
  const token = model.tokens.get(name ?? "");
  return token?.open ? token : undefined;
}

/** Moves tokens that the caller knows to be there. */
export function move(model: Model, from: string, to: string, amount: bigint): void {
  if (amount === 0n) return;
  const [source, destination] = [openToken(model, from), openToken(model, to)];
  if (source === undefined || destination === undefined || source.amount < amount) {
    throw new Error(`the model moves ${amount} from ${from} to ${to}, which cannot be`);
  }
  source.amount -= amount;
  destination.amount += amount;
}

/** `amount × bps ÷ 10,000`, rounded down. */
export const share = (amount: bigint, bps: number): bigint => (amount * BigInt(bps)) / 10_000n;
