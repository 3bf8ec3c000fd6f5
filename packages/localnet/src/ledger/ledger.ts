import { EventEmitter } from "node:events";
import type { Address } from "@solana/kit";
import type { Journal } from "../journal/journal.ts";
import { type StoredAccount, sameAccount } from "./account.ts";
import { AccountUndoLog } from "./account-undo-log.ts";
import { type Bank, SLOTS_PER_EPOCH } from "./bank.ts";
import type { Block, BlockChain } from "./block-chain.ts";
import type { Commitment } from "./commitment.ts";
import { transactionFee } from "./fee.ts";
import type { Genesis } from "./genesis.ts";
import type { LedgerClock } from "./ledger-clock.ts";
import { resolveTransaction } from "./resolved-transaction.ts";
import { tokenBalances } from "./token-balance.ts";
import type { TransactionErrorJson } from "./transaction-error.ts";
import type { TransactionHistory } from "./transaction-history.ts";
import type { TransactionRecord } from "./transaction-record.ts";
import type { WireTransaction } from "./wire-transaction.ts";

/** What {@link Ledger} tells those who listen, after the fact. */
export interface LedgerEvents {
  /** A transaction is in the open block; `changed` are the accounts it changed. */
  transaction: [record: TransactionRecord, changed: readonly Address[]];
  /** A block was closed (that confirms it) and the next one is open; `finalized` are the blocks that this made final. */
  block: [closed: Block, finalized: readonly Block[]];
}

/** How a transaction fared: it is in a block (`record`, though it may have failed there), or it never will be (`err`). */
export type Submission = { readonly record: TransactionRecord } | { readonly err: TransactionErrorJson };

export interface LedgerState {
  readonly genesis: Genesis;
  readonly bank: Bank;
  readonly blocks: BlockChain;
  readonly history: TransactionHistory;
  readonly clock: LedgerClock;
  readonly journal: Journal;
}

/** The chain: runs transactions, makes blocks of them, and answers for accounts as they were. */
export class Ledger {
  readonly events = new EventEmitter<LedgerEvents>();
  readonly genesis: Genesis;
  readonly blocks: BlockChain;
  readonly history: TransactionHistory;
  readonly bank: Bank;
  readonly #undo = new AccountUndoLog();
  readonly #clock: LedgerClock;
  readonly #journal: Journal;
  #epochStart: number;

  constructor(state: LedgerState) {
    this.genesis = state.genesis;
    this.bank = state.bank;
    this.blocks = state.blocks;
    this.history = state.history;
    this.#clock = state.clock;
    this.#journal = state.journal;
    this.#epochStart = this.blocks.open.unixTimestamp;
    // One listener for each open subscription and client.
    this.events.setMaxListeners(0);
    this.#openSlot();
  }

  /** Why this transaction can't get into a block now, before running it. */
  refusal(wire: WireTransaction): TransactionErrorJson | null {
    if (this.history.get(wire.signature) !== undefined) return "AlreadyProcessed";
    return this.blocks.lastValidHeight(wire.blockhash) === undefined ? "BlockhashNotFound" : null;
  }

  /** Runs a transaction whose signatures are valid, and puts it into the open block, if it may be in a block at all. */
  submit(wire: WireTransaction): Submission {
    const refused = this.refusal(wire);
    if (refused !== null) return { err: refused };
    const read = (address: Address) => this.bank.account(address);
    const { loaded, accountKeys } = resolveTransaction(wire, read);
    const before = accountKeys.map(read);
    const execution = this.bank.execute(wire);
    const after = accountKeys.map(read);
    const changed = accountKeys.filter((_, index) => !sameAccount(before[index]!, after[index]!));
    // A failed transaction is in a block only if it could pay its fee; then at least the fee payer has changed.
    if (execution.err !== null && changed.length === 0) return { err: execution.err };
    const { open } = this.blocks;
    const record: TransactionRecord = {
      ...execution,
      wire,
      loaded,
      height: open.height,
      slot: open.slot,
      blockTime: open.unixTimestamp,
      fee: transactionFee(wire),
      preBalances: before.map((account) => account?.lamports ?? 0n),
      postBalances: after.map((account) => account?.lamports ?? 0n),
      preTokenBalances: tokenBalances(accountKeys, before, read),
      postTokenBalances: tokenBalances(accountKeys, after, read),
    };
    for (const address of changed) this.#undo.record(open.height, address, before[accountKeys.indexOf(address)]!);
    open.transactions.push(record);
    this.history.add(record);
    this.#journal.transaction(
      record,
      changed.map((address) => [address, after[accountKeys.indexOf(address)]!]),
    );
    this.events.emit("transaction", record, changed);
    return { record };
  }

  /** Closes the open block and opens the next, at the next slot or, leaving out those between, at a later one. */
  closeBlock(slot = this.blocks.open.slot + 1): void {
    const finalBefore = this.blocks.heightAt("finalized");
    const closed = this.blocks.close(Math.max(slot, this.blocks.open.slot + 1), this.#clock.now());
    this.#openSlot();
    this.#journal.block(closed);
    const finalized: Block[] = [];
    for (let height = finalBefore + 1; height <= this.blocks.heightAt("finalized"); height += 1) {
      finalized.push(this.blocks.byHeight(height)!);
    }
    this.events.emit("block", closed, finalized);
    // After the event: whoever listens may ask which accounts the final blocks had touched.
    for (const { height } of finalized) this.#undo.forget(height);
  }

  /** Moves the chain's clock ahead; the next block, opened at once, has the new time. */
  advanceClock(seconds: number): void {
    this.#clock.offsetMs += seconds * 1000;
    this.#journal.clockOffset(this.#clock.offsetMs);
    this.closeBlock();
  }

  accountAt(address: Address, commitment: Commitment): StoredAccount | null {
    const older = this.#undo.at(address, this.blocks.heightAt(commitment));
    return older === undefined ? this.bank.account(address) : older;
  }

  *programAccountsAt(program: Address, commitment: Commitment): Iterable<[Address, StoredAccount]> {
    const height = this.blocks.heightAt(commitment);
    for (const [address, account] of this.bank.programAccounts(program)) {
      if (this.#undo.at(address, height) === undefined) yield [address, account];
    }
    for (const address of this.#undo.addresses()) {
      const older = this.#undo.at(address, height);
      if (older?.owner === program) yield [address, older];
    }
  }

  /** Accounts that a block changed; known until it is final. */
  touchedIn(height: number): Iterable<Address> {
    return this.#undo.touchedIn(height);
  }

  #openSlot(): void {
    const { slot, parentSlot, unixTimestamp } = this.blocks.open;
    const epochOf = (slot: number) => Math.floor(slot / SLOTS_PER_EPOCH);
    if (epochOf(slot) !== epochOf(parentSlot)) this.#epochStart = unixTimestamp;
    this.bank.openSlot(slot, unixTimestamp, this.#epochStart, this.blocks.slotHashes);
  }
}
