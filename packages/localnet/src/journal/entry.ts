import type { Address } from "@solana/kit";
import type { StoredAccount } from "../ledger/account.ts";
import type { Block } from "../ledger/block-chain.ts";
import type { Genesis } from "../ledger/genesis.ts";
import type { TransactionRecord } from "../ledger/transaction-record.ts";
import { parseWireTransaction } from "../ledger/wire-transaction.ts";

/** An account in JSON: lamports, owner, data (base64), executable; `null` when it is gone. */
export type AccountJson = readonly [lamports: string, owner: Address, data: string, executable: boolean] | null;

/** One line of the journal. */
export type Entry =
  | ({ readonly k: "genesis"; readonly format: 1 } & Genesis)
  | { readonly k: "program"; readonly address: Address; readonly elf: string }
  | { readonly k: "clock"; readonly offsetMs: number }
  | ({ readonly k: "block" } & Omit<Block, "transactions">)
  | { readonly k: "account"; readonly address: Address; readonly account: AccountJson }
  | { readonly k: "tx"; readonly tx: TransactionJson; readonly accounts: readonly (readonly [Address, AccountJson])[] };

type TransactionJson = ReturnType<typeof transactionToJson>;

export function accountToJson(account: StoredAccount | null): AccountJson {
  if (account === null) return null;
  const { lamports, owner, data, executable } = account;
  return [lamports.toString(), owner, Buffer.from(data).toString("base64"), executable];
}

export function accountFromJson(json: AccountJson): StoredAccount | null {
  if (json === null) return null;
  const [lamports, owner, data, executable] = json;
  return { lamports: BigInt(lamports), owner, data: new Uint8Array(Buffer.from(data, "base64")), executable };
}

export function transactionToJson(record: TransactionRecord) {
  const { wire, returnData, innerInstructions, preBalances, postBalances, fee, computeUnitsConsumed, ...rest } = record;
  return {
    ...rest,
    wire: toBase64(wire.bytes),
    fee: fee.toString(),
    computeUnitsConsumed: computeUnitsConsumed.toString(),
    preBalances: preBalances.map(String),
    postBalances: postBalances.map(String),
    returnData: returnData && { programId: returnData.programId, data: toBase64(returnData.data) },
    innerInstructions: innerInstructions.map(({ index, instructions }) => ({
      index,
      instructions: instructions.map((instruction) => ({ ...instruction, data: toBase64(instruction.data) })),
    })),
  };
}

export function transactionFromJson(json: TransactionJson): TransactionRecord {
  return {
    ...json,
    wire: parseWireTransaction(fromBase64(json.wire)),
    fee: BigInt(json.fee),
    computeUnitsConsumed: BigInt(json.computeUnitsConsumed),
    preBalances: json.preBalances.map(BigInt),
    postBalances: json.postBalances.map(BigInt),
    returnData: json.returnData && { programId: json.returnData.programId, data: fromBase64(json.returnData.data) },
    innerInstructions: json.innerInstructions.map(({ index, instructions }) => ({
      index,
      instructions: instructions.map((instruction) => ({ ...instruction, data: fromBase64(instruction.data) })),
    })),
  };
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}
