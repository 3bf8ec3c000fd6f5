import { existsSync } from "node:fs";
import { type Address, createKeyPairSignerFromPrivateKeyBytes, type KeyPairSigner } from "@solana/kit";
import { takeDataDirectory } from "../journal/data-directory.ts";
import { accountToJson, type Entry, transactionToJson } from "../journal/entry.ts";
import { FileJournal } from "../journal/file-journal.ts";
import { type Journal, noJournal } from "../journal/journal.ts";
import { readJournal } from "../journal/read-journal.ts";
import { genesisBlock, type RestoredState, restore, sameProgram } from "../journal/restore.ts";
import { SYSTEM_PROGRAM } from "./account.ts";
import { Bank } from "./bank.ts";
import { BlockChain } from "./block-chain.ts";
import { createGenesis, FAUCET_LAMPORTS } from "./genesis.ts";
import { Ledger } from "./ledger.ts";
import { LedgerClock } from "./ledger-clock.ts";
import { TransactionHistory } from "./transaction-history.ts";

// About six hours of blocks at 400 ms; both bounds keep a localnet that runs for days at a steady size.
const MAX_BLOCKS = 50_000;
const MAX_TRANSACTIONS = 20_000;
// A compaction leaves out empty history: this is more than blockhashes, slot hashes and statuses reach back.
const COMPACTED_BLOCKS = 1_000;

export interface LedgerOptions {
  readonly dataDir?: string | undefined;
  readonly programs: readonly { readonly address: Address; readonly elf: Uint8Array }[];
  readonly nowMs: () => number;
  /** The journal's size below which it is never compacted; for tests. */
  readonly compactBytes?: number | undefined;
}

export interface OpenedLedger {
  readonly ledger: Ledger;
  readonly faucet: KeyPairSigner;
  close(): Promise<void>;
}

/** Starts a chain, or takes one up again where its journal ends. */
export async function openLedger(options: LedgerOptions): Promise<OpenedLedger> {
  if (options.dataDir === undefined) {
    return await assemble(
      options,
      undefined,
      () => noJournal,
      () => {},
    );
  }
  const directory = takeDataDirectory(options.dataDir);
  try {
    const path = directory.journalPath;
    const restored = existsSync(path) ? await restore(readJournal(path)) : undefined;
    const journal = (snapshot: () => Iterable<Entry>) => new FileJournal(path, snapshot, options.compactBytes);
    return await assemble(options, restored, journal, directory.release);
  } catch (error) {
    directory.release();
    throw error;
  }
}

async function assemble(
  options: LedgerOptions,
  restored: RestoredState | undefined,
  openJournal: (snapshot: () => Iterable<Entry>) => Journal,
  release: () => void,
): Promise<OpenedLedger> {
  const genesis = restored?.genesis ?? createGenesis(Math.floor(options.nowMs() / 1000));
  const faucet = await createKeyPairSignerFromPrivateKeyBytes(Buffer.from(genesis.faucetKey, "hex"));
  const closed = restored?.blocks ?? [genesisBlock(genesis)];
  const clock = new LedgerClock(options.nowMs, restored?.clockOffsetMs, closed.at(-1)!.unixTimestamp);
  const bank = new Bank();
  const blocks = new BlockChain(closed, MAX_BLOCKS, clock.now());
  const history = new TransactionHistory(MAX_TRANSACTIONS);
  for (const record of restored?.transactions ?? []) history.add(record);
  // The runtime must be at the right slot before programs are added, or they count as added in the future.
  bank.openSlot(blocks.open.slot, blocks.open.unixTimestamp, blocks.open.unixTimestamp, blocks.slotHashes);
  const programs = new Map(restored?.programs);
  for (const { address, elf } of options.programs) programs.set(address, elf);
  for (const [address, elf] of programs) bank.addProgram(address, elf);
  if (!restored?.accounts.has(faucet.address)) {
    const account = { lamports: FAUCET_LAMPORTS, owner: SYSTEM_PROGRAM, data: new Uint8Array(), executable: false };
    bank.setAccount(faucet.address, account);
  }
  // What a program consists of must be there before the account that makes it executable.
  const accounts = [...(restored?.accounts ?? [])].sort(
    ([, a], [, b]) => Number(a?.executable) - Number(b?.executable),
  );
  for (const [address, account] of accounts) if (account !== null) bank.setAccount(address, account);

  const known = new Set([faucet.address, ...(restored?.accounts.keys() ?? [])]);
  function* snapshot(): Iterable<Entry> {
    yield { k: "genesis", format: 1, ...genesis };
    for (const [address, elf] of programs) yield { k: "program", address, elf: Buffer.from(elf).toString("base64") };
    yield { k: "clock", offsetMs: clock.offsetMs };
    for (const { transactions: _, ...block } of blocks.closed.slice(-COMPACTED_BLOCKS)) yield { k: "block", ...block };
    for (const record of [...history.all()]) yield { k: "tx", tx: transactionToJson(record), accounts: [] };
    for (const address of known) yield { k: "account", address, account: accountToJson(bank.account(address)) };
  }
  const journal = openJournal(snapshot);
  if (restored !== undefined) {
    for (const { address, elf } of options.programs) {
      if (!sameProgram(restored.programs.get(address), elf)) journal.program(address, elf);
    }
  }
  const ledger = new Ledger({ genesis, bank, blocks, history, clock, journal });
  ledger.events.on("transaction", (_, changed) => {
    for (const address of changed) known.add(address);
  });
  const close = async () => {
    await journal.close();
    release();
  };
  return { ledger, faucet, close };
}
