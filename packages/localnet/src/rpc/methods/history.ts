import { z } from "zod";
import { memoOf } from "../../encoding/instruction.ts";
import { encodeMeta, encodeTransaction, transactionVersion } from "../../encoding/transaction.ts";
import type { Commitment } from "../../ledger/commitment.ts";
import type { TransactionRecord } from "../../ledger/transaction-record.ts";
import { historyCommitment, withContext } from "../context.ts";
import type { Localhost } from "../localhost.ts";
import { type MethodTable, method } from "../method.ts";
import { address, contextConfig, signature, transactionEncoding } from "../params.ts";
import { invalidParams } from "../rpc-error.ts";

const MAX_STATUSES = 256;
const MAX_SIGNATURES = 1000;
/** A validator remembers statuses for this many blocks; older ones are found only by searching history. */
const STATUS_BLOCKS = 300;

const transactionConfig = z.object({
  ...contextConfig,
  encoding: transactionEncoding.nullish(),
  maxSupportedTransactionVersion: z.number().int().nullish(),
});
const listConfig = z
  .object({
    ...contextConfig,
    before: signature.nullish(),
    until: signature.nullish(),
    limit: z.number().int().nullish(),
  })
  .nullish();

export const historyMethods: MethodTable = {
  getTransaction: method(
    z.tuple([
      signature,
      z.union([transactionConfig, transactionEncoding.transform((encoding) => ({ encoding }))]).nullish(),
    ]),
    (host, wanted, given) => {
      const config: z.output<typeof transactionConfig> = given ?? {};
      const record = host.ledger.history.get(wanted);
      const height = host.ledger.blocks.heightAt(historyCommitment(host, config));
      if (record === undefined || record.height > height) return null;
      const version = transactionVersion(record, config.maxSupportedTransactionVersion);
      const encoding = config.encoding ?? "json";
      return {
        blockTime: record.blockTime,
        meta: encodeMeta(record, encoding),
        slot: record.slot,
        transaction: encodeTransaction(record, encoding),
        ...(version !== undefined && { version }),
      };
    },
  ),

  getSignatureStatuses: method(
    z.tuple([z.array(signature), z.object({ searchTransactionHistory: z.boolean().nullish() }).nullish()]),
    (host, signatures, config) => {
      if (signatures.length > MAX_STATUSES) throw invalidParams(`Too many inputs provided; max ${MAX_STATUSES}`);
      const oldest = config?.searchTransactionHistory ? 0 : host.ledger.blocks.open.height - STATUS_BLOCKS;
      const statuses = signatures.map((wanted) => {
        const record = host.ledger.history.get(wanted);
        return record === undefined || record.height < oldest ? null : signatureStatus(host, record);
      });
      return withContext(host, "processed", statuses);
    },
  ),

  getSignaturesForAddress: method(z.tuple([address, listConfig]), (host, key, config) => {
    const limit = config?.limit ?? MAX_SIGNATURES;
    if (limit < 1 || limit > MAX_SIGNATURES) throw invalidParams(`Invalid limit; max ${MAX_SIGNATURES}`);
    const height = host.ledger.blocks.heightAt(historyCommitment(host, config));
    const newestFirst = host.ledger.history
      .of(key)
      .filter((record) => record.height <= height)
      .reverse();
    const index = (wanted: string) => newestFirst.findIndex(({ wire }) => wire.signature === wanted);
    const start = config?.before == null ? 0 : index(config.before) + 1;
    const until = config?.until == null ? -1 : index(config.until);
    // A `before` that isn't in this list stands for nothing that could come after it.
    if (config?.before != null && start === 0) return [];
    const page = newestFirst.slice(start, until < 0 ? undefined : until).slice(0, limit);
    return page.map((record) => ({
      blockTime: record.blockTime,
      confirmationStatus: reached(host, record),
      err: record.err,
      memo: memoOf(record),
      signature: record.wire.signature,
      slot: record.slot,
    }));
  }),
};

function signatureStatus(host: Localhost, record: TransactionRecord) {
  const confirmationStatus = reached(host, record);
  const { err, slot } = record;
  return {
    confirmationStatus,
    confirmations: confirmationStatus === "finalized" ? null : host.ledger.blocks.open.height - record.height,
    err,
    slot,
    status: err === null ? { Ok: null } : { Err: err },
  };
}

/** The strongest commitment that a transaction has reached. */
function reached({ ledger: { blocks } }: Localhost, { height }: TransactionRecord): Commitment {
  if (height <= blocks.heightAt("finalized")) return "finalized";
  return height <= blocks.heightAt("confirmed") ? "confirmed" : "processed";
}
