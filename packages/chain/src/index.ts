export { airdrop } from "./airdrop.ts";
export { type Backoff, backoffMs } from "./backoff.ts";
export { type Chain, type ChainOptions, createChain, type ErrorExplainer } from "./chain.ts";
export { chainTime } from "./chain-time.ts";
export { createKeypairFile, loadKeypairFile, loadOrCreateKeypairFile } from "./keypair-file.ts";
export { type ReconnectingOptions, reconnecting } from "./reconnecting.ts";
export { type RetryOptions, retry } from "./retry.ts";
export { type CreateMintOptions, createMint, TOKEN_DECIMALS } from "./tokens/create-mint.ts";
export { depositTokens } from "./tokens/deposit-tokens.ts";
export { mintAuthority } from "./tokens/mint-authority.ts";
export { mintTokens, transferTokens } from "./tokens/move-tokens.ts";
export { readTransfer, type TokenTransfer } from "./tokens/read-transfer.ts";
export { requireTokens } from "./tokens/require-tokens.ts";
export {
  createTokenAccount,
  findTokenAccount,
  type Holding,
  isTokenAccount,
  lamportBalance,
  type TokenAllowance,
  tokenAccountBalance,
  tokenAccountOwner,
  tokenAllowance,
  tokenBalance,
} from "./tokens/token-account.ts";
export type { TokenAction } from "./tokens/token-action.ts";
export { awaitConfirmation, type ConfirmationRequest } from "./transactions/await-confirmation.ts";
export { buildAndSign, type TransactionPlan } from "./transactions/build-and-sign.ts";
export { assertConfirmed, type Confirmation } from "./transactions/confirmation.ts";
export { type DeliveryOptions, deliver } from "./transactions/deliver.ts";
export { failureReason } from "./transactions/failure-reason.ts";
export { fitsTransaction } from "./transactions/fits.ts";
export {
  findPastTransaction,
  type PastInstruction,
  type PastTransaction,
  type TokenChange,
} from "./transactions/past-transaction.ts";
export { type ReadTransaction, readTransaction, tokenChanges } from "./transactions/read-transaction.ts";
export { type SendOptions, sendAndConfirm } from "./transactions/send-and-confirm.ts";
export type { SignedTransaction } from "./transactions/signed-transaction.ts";
export { type SubmitOptions, submit } from "./transactions/submit.ts";
export { throwIfAborted, wait } from "./wait.ts";
export { isSignedBy, signBytes } from "./wallet-signature.ts";
