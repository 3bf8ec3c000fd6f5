import { isWritable } from "../ledger/resolved-transaction.ts";
import { accountKeysOf, type TransactionRecord } from "../ledger/transaction-record.ts";
import { unsupportedVersion } from "../rpc/rpc-error.ts";
import { toBase58 } from "./base58.ts";
import { encodeInnerInstructions, parseInstruction } from "./instruction.ts";

export type TransactionEncoding = "binary" | "base58" | "base64" | "json" | "jsonParsed";

/** The version to show. Refuses a version that the client didn't say it can read. */
export function transactionVersion({ wire }: TransactionRecord, maxSupported: number | null | undefined) {
  if (maxSupported == null) {
    if (wire.version === "legacy") return undefined;
    throw unsupportedVersion(wire.version);
  }
  return wire.version;
}

export function encodeTransaction(record: TransactionRecord, encoding: TransactionEncoding) {
  const { wire } = record;
  if (encoding === "binary") return toBase58(wire.bytes);
  if (encoding === "base58") return [toBase58(wire.bytes), encoding];
  if (encoding === "base64") return [Buffer.from(wire.bytes).toString("base64"), encoding];
  const lookups = wire.version === "legacy" ? {} : { addressTableLookups: wire.lookups };
  const common = { recentBlockhash: wire.blockhash, ...lookups };
  const message =
    encoding === "json"
      ? {
          accountKeys: wire.staticKeys,
          header: {
            numReadonlySignedAccounts: wire.numReadonlySigners,
            numReadonlyUnsignedAccounts: wire.numReadonlyNonSigners,
            numRequiredSignatures: wire.numSigners,
          },
          instructions: wire.instructions.map(({ programIdIndex, accounts, data }) => ({
            accounts,
            data: toBase58(data),
            programIdIndex,
            stackHeight: 1,
          })),
          ...common,
        }
      : {
          accountKeys: encodeAccountKeys(record),
          instructions: wire.instructions.map((instruction) => parseInstruction(record, instruction, 1)),
          ...common,
        };
  return { message, signatures: wire.signatures };
}

/** Account keys with what the message says of each, as `jsonParsed` and `accounts` show them. */
export function encodeAccountKeys(record: TransactionRecord) {
  const statics = record.wire.staticKeys.length;
  return accountKeysOf(record).map((pubkey, index) => ({
    pubkey,
    signer: index < record.wire.numSigners,
    source: index < statics ? "transaction" : "lookupTable",
    writable: isWritable(record, index),
  }));
}

/** What happened when the transaction ran. `accounts` leaves out what only makes sense with instructions. */
export function encodeMeta(record: TransactionRecord, encoding: TransactionEncoding, accountsOnly = false) {
  const { err, fee, preBalances, postBalances, preTokenBalances, postTokenBalances } = record;
  const status = err === null ? { Ok: null } : { Err: err };
  const balances = { err, fee, postBalances, postTokenBalances, preBalances, preTokenBalances, status };
  if (accountsOnly) return balances;
  return {
    ...balances,
    computeUnitsConsumed: record.computeUnitsConsumed,
    costUnits: record.computeUnitsConsumed,
    innerInstructions: encodeInnerInstructions(record, record.innerInstructions, encoding === "jsonParsed"),
    ...(encoding !== "jsonParsed" && { loadedAddresses: record.loaded }),
    logMessages: record.logs,
    ...(record.returnData !== null && { returnData: encodeReturnData(record.returnData) }),
    rewards: [],
  };
}

export function encodeReturnData({ programId, data }: NonNullable<TransactionRecord["returnData"]>) {
  return { programId, data: [Buffer.from(data).toString("base64"), "base64"] };
}
