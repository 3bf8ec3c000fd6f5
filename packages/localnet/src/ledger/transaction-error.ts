import type { FailedTransactionMetadata } from "litesvm";

/** An instruction's error as validators encode it, e.g. `"InvalidAccountData"` or `{ Custom: 1 }`. */
export type InstructionErrorJson = string | { readonly Custom: number } | { readonly BorshIoError: string };

/** A transaction's error as validators encode it, e.g. `"BlockhashNotFound"` or `{ InstructionError: [0, { Custom: 1 }] }`. */
export type TransactionErrorJson =
  | string
  | { readonly InstructionError: readonly [index: number, error: InstructionErrorJson] }
  | { readonly DuplicateInstruction: number }
  | { readonly InsufficientFundsForRent: { readonly account_index: number } }
  | { readonly ProgramExecutionTemporarilyRestricted: { readonly account_index: number } };

// LiteSVM numbers the variants without fields; these lists give them back their names, in its order.
const TRANSACTION_ERRORS =
  "AccountInUse AccountLoadedTwice AccountNotFound ProgramAccountNotFound InsufficientFundsForFee InvalidAccountForFee AlreadyProcessed BlockhashNotFound CallChainTooDeep MissingSignatureForFee InvalidAccountIndex SignatureFailure InvalidProgramForExecution SanitizeFailure ClusterMaintenance AccountBorrowOutstanding WouldExceedMaxBlockCostLimit UnsupportedVersion InvalidWritableAccount WouldExceedMaxAccountCostLimit WouldExceedAccountDataBlockLimit TooManyAccountLocks AddressLookupTableNotFound InvalidAddressLookupTableOwner InvalidAddressLookupTableData InvalidAddressLookupTableIndex InvalidRentPayingAccount WouldExceedMaxVoteCostLimit WouldExceedAccountDataTotalLimit MaxLoadedAccountsDataSizeExceeded ResanitizationNeeded InvalidLoadedAccountsDataSizeLimit UnbalancedTransaction ProgramCacheHitMaxLimit CommitCancelled".split(
    " ",
  );
const INSTRUCTION_ERRORS =
  "GenericError InvalidArgument InvalidInstructionData InvalidAccountData AccountDataTooSmall InsufficientFunds IncorrectProgramId MissingRequiredSignature AccountAlreadyInitialized UninitializedAccount UnbalancedInstruction ModifiedProgramId ExternalAccountLamportSpend ExternalAccountDataModified ReadonlyLamportChange ReadonlyDataModified DuplicateAccountIndex ExecutableModified RentEpochModified NotEnoughAccountKeys AccountDataSizeChanged AccountNotExecutable AccountBorrowFailed AccountBorrowOutstanding DuplicateAccountOutOfSync InvalidError ExecutableDataModified ExecutableLamportChange ExecutableAccountNotRentExempt UnsupportedProgramId CallDepth MissingAccount ReentrancyNotAllowed MaxSeedLengthExceeded InvalidSeeds InvalidRealloc ComputationalBudgetExceeded PrivilegeEscalation ProgramEnvironmentSetupFailure ProgramFailedToComplete ProgramFailedToCompile Immutable IncorrectAuthority AccountNotRentExempt InvalidAccountOwner ArithmeticOverflow UnsupportedSysvar IllegalOwner MaxAccountsDataAllocationsExceeded MaxAccountsExceeded MaxInstructionTraceLengthExceeded BuiltinProgramsMustConsumeComputeUnits BorshIoError".split(
    " ",
  );

type NativeError = ReturnType<FailedTransactionMetadata["err"]>;
type NativeInstructionError = number | { readonly code: number } | { readonly msg: string };

/** Turns LiteSVM's error objects into the JSON that a validator answers. */
export function encodeTransactionError(error: NativeError): TransactionErrorJson {
  if (typeof error === "number") return TRANSACTION_ERRORS[error] ?? "SanitizeFailure";
  // The native classes are not exported by name at runtime, so they are told apart by what they can do.
  if ("err" in error) return { InstructionError: [error.index, encodeInstructionError(error.err())] };
  if ("index" in error) return { DuplicateInstruction: error.index };
  const fields = { account_index: error.accountIndex };
  return error.constructor.name.endsWith("InsufficientFundsForRent")
    ? { InsufficientFundsForRent: fields }
    : { ProgramExecutionTemporarilyRestricted: fields };
}

function encodeInstructionError(error: NativeInstructionError): InstructionErrorJson {
  if (typeof error === "number") return INSTRUCTION_ERRORS[error] ?? "GenericError";
  return "code" in error ? { Custom: error.code } : { BorshIoError: error.msg };
}
