import {
  getCompiledTransactionMessageDecoder,
  isSolanaError,
  SOLANA_ERROR__INSTRUCTION_ERROR__CUSTOM,
  SOLANA_ERROR__TRANSACTION_ERROR__ACCOUNT_NOT_FOUND,
  SOLANA_ERROR__TRANSACTION_ERROR__INSUFFICIENT_FUNDS_FOR_FEE,
  SOLANA_ERROR__TRANSACTION_ERROR__INSUFFICIENT_FUNDS_FOR_RENT,
  type Transaction,
} from "@solana/kit";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { getTokenErrorMessage, TOKEN_PROGRAM_ADDRESS, type TokenError } from "@solana-program/token";
import type { Chain } from "../chain.ts";

/** The system program's own number for an account with too few lamports. */
const TOO_FEW_LAMPORTS = 1;

/**
 * Why the provider refused a transaction before it was sent, in words: of our own programs, of the token program, or
 * of whoever lacks SOL.
 */
export function refusalReason(chain: Chain, transaction: Transaction, cause: Error): string {
  const { staticAccounts, instructions } = messageOf(transaction);
  const poor = `wallet ${staticAccounts[0]} has too little SOL for fees and rent`;
  if (isSolanaError(cause, SOLANA_ERROR__INSTRUCTION_ERROR__CUSTOM)) {
    const { code, index } = cause.context;
    const explained = chain.explainError({ InstructionError: [index, { Custom: code }] });
    if (explained !== undefined) return explained;
    const program = staticAccounts[instructions[index]?.programAddressIndex ?? -1];
    if (program === SYSTEM_PROGRAM_ADDRESS && code === TOO_FEW_LAMPORTS) return poor;
    if (program === TOKEN_PROGRAM_ADDRESS) return getTokenErrorMessage(code as TokenError) ?? cause.message;
  }
  const lacksSol =
    isSolanaError(cause, SOLANA_ERROR__TRANSACTION_ERROR__ACCOUNT_NOT_FOUND) ||
    isSolanaError(cause, SOLANA_ERROR__TRANSACTION_ERROR__INSUFFICIENT_FUNDS_FOR_FEE) ||
    isSolanaError(cause, SOLANA_ERROR__TRANSACTION_ERROR__INSUFFICIENT_FUNDS_FOR_RENT);
  return lacksSol ? poor : cause.message;
}

function messageOf(transaction: Transaction) {
  const message = getCompiledTransactionMessageDecoder().decode(transaction.messageBytes);
  return {
    staticAccounts: message.staticAccounts,
    instructions: "instructions" in message ? message.instructions : [],
  };
}
