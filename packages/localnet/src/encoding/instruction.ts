import type { InnerInstructions } from "../ledger/bank.ts";
import { accountKeysOf, type TransactionRecord } from "../ledger/transaction-record.ts";
import type { CompiledInstruction } from "../ledger/wire-transaction.ts";
import { toBase58 } from "./base58.ts";

type Keyed = Pick<TransactionRecord, "wire" | "loaded">;

const MEMO_PROGRAMS = new Set([
  "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr",
  "Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo",
]);
const SYSTEM = "11111111111111111111111111111111";
const TRANSFER = 2;

/** An instruction as `jsonParsed` gives it: memos and transfers of lamports in words, others with addresses resolved. */
export function parseInstruction(
  record: Keyed,
  { programIdIndex, accounts, data }: CompiledInstruction,
  stackHeight: number,
) {
  const keys = accountKeysOf(record);
  const programId = keys[programIdIndex] ?? SYSTEM;
  const named = accounts.map((index) => keys[index] ?? SYSTEM);
  if (MEMO_PROGRAMS.has(programId)) {
    return { parsed: Buffer.from(data).toString("utf8"), program: "spl-memo", programId, stackHeight };
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (programId === SYSTEM && data.length === 12 && view.getUint32(0, true) === TRANSFER && named.length >= 2) {
    const info = { source: named[0], destination: named[1], lamports: view.getBigUint64(4, true) };
    return { parsed: { info, type: "transfer" }, program: "system", programId, stackHeight };
  }
  return { accounts: named, data: toBase58(data), programId, stackHeight };
}

export function encodeInnerInstructions(record: Keyed, inner: readonly InnerInstructions[], parsed: boolean) {
  return inner.map(({ index, instructions }) => ({
    index,
    instructions: instructions.map((instruction) => {
      if (parsed) return parseInstruction(record, instruction, instruction.stackHeight);
      const { programIdIndex, accounts, data, stackHeight } = instruction;
      return { accounts, data: toBase58(data), programIdIndex, stackHeight };
    }),
  }));
}

/** The memos of a transaction in the form that signature lists show: `[length] text`, joined by `; `. */
export function memoOf(record: Keyed): string | null {
  const memos = record.wire.instructions
    .filter(({ programIdIndex }) => MEMO_PROGRAMS.has(record.wire.staticKeys[programIdIndex] ?? ""))
    .map(({ data }) => `[${data.length}] ${Buffer.from(data).toString("utf8")}`);
  return memos.length === 0 ? null : memos.join("; ");
}
