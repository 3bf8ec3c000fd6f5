import { createHash } from "node:crypto";
import { getBase58Decoder, getBase58Encoder } from "@solana/kit";
import type { SlotHashEntry } from "./bank.ts";
import { BLOCKHASH_LIFE_BLOCKS, type Commitment, FINALITY_BLOCKS } from "./commitment.ts";
import type { TransactionRecord } from "./transaction-record.ts";

/** A closed block. */
export interface Block {
  /** Counts blocks without gaps; slots may have gaps where time was moved. */
  readonly height: number;
  readonly slot: number;
  readonly parentSlot: number;
  readonly hash: string;
  readonly previousHash: string;
  readonly unixTimestamp: number;
  readonly transactions: readonly TransactionRecord[];
}

/** The block that transactions go into now. */
export interface OpenBlock extends Omit<Block, "hash" | "transactions"> {
  readonly transactions: TransactionRecord[];
}

const SLOT_HASHES = 512;

/** The blocks, newest last; the oldest go when there are more than `limit`. */
export class BlockChain {
  readonly #closed: Block[];
  readonly #limit: number;
  readonly #heightOfHash = new Map<string, number>();
  // Blocks up to here were read back from disk: all of them are final.
  readonly #rootHeight: number;
  readonly #slotHashes: SlotHashEntry[];
  open: OpenBlock;

  /** `closed` is a run of consecutive blocks, oldest first, and not empty. */
  constructor(closed: readonly Block[], limit: number, unixTimestamp: number) {
    this.#closed = closed.slice(-limit);
    this.#limit = limit;
    this.#rootHeight = this.last.height;
    for (const block of this.#closed.slice(-BLOCKHASH_LIFE_BLOCKS - 1)) this.#remember(block);
    this.#slotHashes = this.#closed.slice(-SLOT_HASHES).reverse().map(slotHashOf);
    this.open = this.#next(this.last.slot + 1, unixTimestamp);
  }

  get first(): Block {
    return this.#closed[0]!;
  }

  /** The newest closed block. */
  get last(): Block {
    return this.#closed.at(-1)!;
  }

  /** Closed blocks, oldest first. */
  get closed(): readonly Block[] {
    return this.#closed;
  }

  /** Newest first, as the sysvar has them. */
  get slotHashes(): readonly SlotHashEntry[] {
    return this.#slotHashes;
  }

  /** Closes the open block and opens the next at `slot`. Gives the closed one. */
  close(slot: number, unixTimestamp: number): Block {
    const block = sealBlock(this.open);
    this.#closed.push(block);
    // Cutting a little at a time would copy the whole list for each block.
    if (this.#closed.length > this.#limit * 1.1) this.#closed.splice(0, this.#closed.length - this.#limit);
    this.#remember(block);
    this.#slotHashes.unshift(slotHashOf(block));
    if (this.#slotHashes.length > SLOT_HASHES) this.#slotHashes.pop();
    this.open = this.#next(slot, unixTimestamp);
    return block;
  }

  heightAt(commitment: Commitment): number {
    if (commitment === "processed") return this.open.height;
    if (commitment === "confirmed") return this.last.height;
    return Math.max(this.#rootHeight, this.open.height - FINALITY_BLOCKS);
  }

  slotAt(commitment: Commitment): number {
    return commitment === "processed" ? this.open.slot : this.closedAt(commitment).slot;
  }

  /** The newest closed block at a commitment. */
  closedAt(commitment: Commitment): Block {
    return this.byHeight(Math.min(this.heightAt(commitment), this.last.height))!;
  }

  byHeight(height: number): Block | undefined {
    return this.#closed[height - this.first.height];
  }

  bySlot(slot: number): Block | undefined {
    const index = this.indexFrom(slot);
    const block = this.#closed[index];
    return block?.slot === slot ? block : undefined;
  }

  /** Index in {@link closed} of the first block whose slot is not before `slot`. */
  indexFrom(slot: number): number {
    let [low, high] = [0, this.#closed.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#closed[middle]!.slot < slot) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The last block height at which a transaction with this blockhash can land; `undefined` if it can't any more. */
  lastValidHeight(blockhash: string): number | undefined {
    const height = this.#heightOfHash.get(blockhash);
    if (height === undefined) return undefined;
    const lastValid = height + BLOCKHASH_LIFE_BLOCKS;
    return this.open.height <= lastValid ? lastValid : undefined;
  }

  #remember(block: Block): void {
    this.#heightOfHash.set(block.hash, block.height);
    const expired = this.byHeight(block.height - BLOCKHASH_LIFE_BLOCKS - 1);
    if (expired !== undefined) this.#heightOfHash.delete(expired.hash);
  }

  #next(slot: number, unixTimestamp: number): OpenBlock {
    const { height, slot: parentSlot, hash: previousHash } = this.last;
    return { height: height + 1, slot, parentSlot, previousHash, unixTimestamp, transactions: [] };
  }
}

function slotHashOf({ slot, hash }: Block): SlotHashEntry {
  return { slot, hash };
}

/** A block's hash commits to the one before it, its slot, and its transactions. */
export function sealBlock(open: OpenBlock): Block {
  const digest = createHash("sha256").update(Buffer.from(getBase58Encoder().encode(open.previousHash)));
  digest.update(open.slot.toString());
  for (const { wire } of open.transactions) digest.update(wire.signature);
  return { ...open, hash: getBase58Decoder().decode(digest.digest()) };
}
