import { z } from "zod";
import {
  encodeAccountKeys,
  encodeMeta,
  encodeTransaction,
  type TransactionEncoding,
  transactionVersion,
} from "../../encoding/transaction.ts";
import type { Block } from "../../ledger/block-chain.ts";
import type { TransactionRecord } from "../../ledger/transaction-record.ts";
import { historyCommitment, readCommitment } from "../context.ts";
import type { Localhost } from "../localhost.ts";
import { type MethodTable, method } from "../method.ts";
import { contextConfig, readConfig, slot, transactionEncoding } from "../params.ts";
import { blockCleanedUp, blockNotAvailable, invalidParams, slotSkipped } from "../rpc-error.ts";

const MAX_RANGE = 500_000;

const blockConfig = z.object({
  ...contextConfig,
  encoding: transactionEncoding.nullish(),
  transactionDetails: z.enum(["full", "accounts", "signatures", "none"]).nullish(),
  rewards: z.boolean().nullish(),
  maxSupportedTransactionVersion: z.number().int().nullish(),
});
const blockParams = z.tuple([
  slot,
  z.union([blockConfig, transactionEncoding.transform((encoding) => ({ encoding }))]).nullish(),
]);

export const blockMethods: MethodTable = {
  getBlock: method(blockParams, (host, wanted, given) => {
    const config: z.output<typeof blockConfig> = given ?? {};
    const block = findBlock(host, wanted, historyCommitment(host, config));
    const encode = (record: TransactionRecord) => encodeInBlock(record, config);
    const details = config.transactionDetails ?? "full";
    return {
      blockHeight: block.height,
      blockTime: block.unixTimestamp,
      blockhash: block.hash,
      parentSlot: block.parentSlot,
      previousBlockhash: block.previousHash,
      ...(config.rewards !== false && { rewards: [] }),
      ...(details === "signatures" && { signatures: block.transactions.map(({ wire }) => wire.signature) }),
      ...((details === "full" || details === "accounts") && { transactions: block.transactions.map(encode) }),
    };
  }),

  getBlocks: method(
    z.tuple([slot, z.union([slot, readConfig]).nullish(), readConfig]),
    (host, first, second, third) => {
      const config = typeof second === "object" ? second : third;
      const last = newestSlot(host, config);
      const end = Math.min(typeof second === "number" ? second : last, last);
      if (end - first > MAX_RANGE) throw invalidParams(`Slot range too large; max ${MAX_RANGE}`);
      const { closed } = host.ledger.blocks;
      return closed
        .slice(host.ledger.blocks.indexFrom(first), host.ledger.blocks.indexFrom(end + 1))
        .map(({ slot }) => slot);
    },
  ),

  getBlocksWithLimit: method(z.tuple([slot, slot, readConfig]), (host, first, limit, config) => {
    if (limit > MAX_RANGE) throw invalidParams(`Limit too large; max ${MAX_RANGE}`);
    const { blocks } = host.ledger;
    const [start, end] = [blocks.indexFrom(first), blocks.indexFrom(newestSlot(host, config) + 1)];
    return blocks.closed.slice(start, Math.min(end, start + limit)).map(({ slot }) => slot);
  }),

  getBlockTime: method(z.tuple([slot]), (host, wanted) => findBlock(host, wanted, "confirmed").unixTimestamp),

  getBlockHeight: method(z.tuple([readConfig]), (host, config) =>
    host.ledger.blocks.heightAt(readCommitment(host, config)),
  ),

  getFirstAvailableBlock: method(z.tuple([]), (host) => host.ledger.blocks.first.slot),
  minimumLedgerSlot: method(z.tuple([]), (host) => host.ledger.blocks.first.slot),

  getBlockCommitment: method(z.tuple([slot]), (host, wanted) => ({
    commitment: host.ledger.blocks.bySlot(wanted) === undefined ? null : Array(32).fill(0),
    totalStake: 1,
  })),
};

function newestSlot(host: Localhost, config: z.output<typeof readConfig>): number {
  return host.ledger.blocks.slotAt(historyCommitment(host, config));
}

function findBlock({ ledger: { blocks } }: Localhost, wanted: number, commitment: "confirmed" | "finalized"): Block {
  if (wanted > blocks.slotAt(commitment)) throw blockNotAvailable(wanted);
  if (wanted < blocks.first.slot) throw blockCleanedUp(wanted, blocks.first.slot);
  const block = blocks.bySlot(wanted);
  if (block === undefined) throw slotSkipped(wanted);
  return block;
}

function encodeInBlock(record: TransactionRecord, config: z.output<typeof blockConfig>) {
  const encoding: TransactionEncoding = config.encoding ?? "json";
  const version = transactionVersion(record, config.maxSupportedTransactionVersion);
  const accountsOnly = config.transactionDetails === "accounts";
  return {
    meta: encodeMeta(record, encoding, accountsOnly),
    transaction: accountsOnly
      ? { accountKeys: encodeAccountKeys(record), signatures: record.wire.signatures }
      : encodeTransaction(record, encoding),
    ...(version !== undefined && { version }),
  };
}
