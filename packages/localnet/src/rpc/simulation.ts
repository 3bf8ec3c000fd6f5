import { encodeInnerInstructions } from "../encoding/instruction.ts";
import { encodeReturnData } from "../encoding/transaction.ts";
import type { StoredAccount } from "../ledger/account.ts";
import { transactionFee } from "../ledger/fee.ts";
import { resolveTransaction } from "../ledger/resolved-transaction.ts";
import { tokenBalances } from "../ledger/token-balance.ts";
import type { TransactionErrorJson } from "../ledger/transaction-error.ts";
import type { WireTransaction } from "../ledger/wire-transaction.ts";
import type { Localhost } from "./localhost.ts";

/** What the runtime charges for each account against the limit on loaded data. */
const ACCOUNT_OVERHEAD_BYTES = 64;

/** The fields that a simulation always has, also inside a preflight error. */
export interface SimulationResult {
  readonly err: TransactionErrorJson | null;
  readonly [field: string]: unknown;
}

export interface SimulationOptions {
  /** Don't ask whether the blockhash lives: it was replaced. */
  readonly anyBlockhash?: boolean;
  readonly innerInstructions?: boolean;
}

/** Runs a transaction without keeping what it does. `after` reads an account as it would be then. */
export function simulate(
  { ledger }: Localhost,
  wire: WireTransaction,
  options: SimulationOptions = {},
): { readonly result: SimulationResult; readonly after: (address: string) => StoredAccount | null } {
  const read = (address: string) => ledger.bank.account(address as Parameters<typeof ledger.bank.account>[0]);
  const refused = ledger.refusal(wire);
  if (refused !== null && !(refused === "BlockhashNotFound" && options.anyBlockhash)) {
    return { result: { ...NOTHING, err: refused }, after: read };
  }
  const resolved = resolveTransaction(wire, read);
  const keys = resolved.accountKeys;
  const before = keys.map(read);
  const simulation = ledger.bank.simulate(wire);
  const after = (address: string) => simulation.postAccounts.get(address as (typeof keys)[number]) ?? read(address);
  const states = keys.map(after);
  const result: SimulationResult = {
    ...NOTHING,
    err: simulation.err,
    fee: transactionFee(wire),
    innerInstructions: options.innerInstructions
      ? encodeInnerInstructions(resolved, simulation.innerInstructions, false)
      : null,
    loadedAccountsDataSize: before.reduce(
      (sum, account) => sum + (account === null ? 0 : account.data.length + ACCOUNT_OVERHEAD_BYTES),
      0,
    ),
    loadedAddresses: resolved.loaded,
    logs: simulation.logs,
    postBalances: states.map((account) => account?.lamports ?? 0n),
    postTokenBalances: tokenBalances(keys, states, read),
    preBalances: before.map((account) => account?.lamports ?? 0n),
    preTokenBalances: tokenBalances(keys, before, read),
    returnData: simulation.returnData && encodeReturnData(simulation.returnData),
    unitsConsumed: simulation.computeUnitsConsumed,
  };
  return { result, after };
}

const NOTHING = {
  accounts: null,
  err: null,
  fee: null,
  innerInstructions: null,
  loadedAccountsDataSize: 0,
  loadedAddresses: null,
  logs: [],
  postBalances: null,
  postTokenBalances: null,
  preBalances: null,
  preTokenBalances: null,
  replacementBlockhash: null,
  returnData: null,
  unitsConsumed: 0,
};
