import { type Address, getAddressDecoder, lamports } from "@solana/kit";
import {
  Clock,
  EpochSchedule,
  FailedTransactionMetadata,
  LiteSVM,
  type SimulatedTransactionInfo,
  type SlotHash,
  type TransactionMetadata,
} from "litesvm";
import { type StoredAccount, SYSTEM_PROGRAM } from "./account.ts";
import { encodeTransactionError, type TransactionErrorJson } from "./transaction-error.ts";
import type { WireTransaction } from "./wire-transaction.ts";

/** One instruction that a program called, with the index of the outer instruction it ran under. */
export interface InnerInstructions {
  readonly index: number;
  readonly instructions: readonly {
    readonly programIdIndex: number;
    readonly accounts: readonly number[];
    readonly data: Uint8Array;
    readonly stackHeight: number;
  }[];
}

/** What running a transaction gave, whether it changed anything or not. */
export interface Execution {
  readonly err: TransactionErrorJson | null;
  readonly logs: readonly string[];
  readonly innerInstructions: readonly InnerInstructions[];
  readonly computeUnitsConsumed: bigint;
  readonly returnData: { readonly programId: Address; readonly data: Uint8Array } | null;
}

export interface Simulation extends Execution {
  /** Accounts as they would be afterwards; those that the transaction doesn't name are absent. */
  readonly postAccounts: ReadonlyMap<Address, StoredAccount>;
}

export const SLOTS_PER_EPOCH = 432_000;

/**
 * The runtime with its newest state. It knows no blocks: blockhashes, signatures and duplicates are checked by the
 * ledger, which is why those checks are off here.
 */
export class Bank {
  readonly #svm = new LiteSVM().withBlockhashCheck(false).withTransactionHistory(0n).withSigverify(false);

  constructor() {
    this.#svm.setEpochSchedule(new EpochSchedule(BigInt(SLOTS_PER_EPOCH), BigInt(SLOTS_PER_EPOCH), false, 0n, 0n));
  }

  account(address: Address): StoredAccount | null {
    const found = this.#svm.getAccount(address);
    if (!found.exists || found.lamports === 0n) return null;
    return {
      lamports: found.lamports,
      owner: found.programAddress,
      data: found.data as Uint8Array,
      executable: found.executable,
    };
  }

  /** Puts an account in place, past all rules; `null` removes it. */
  setAccount(address: Address, account: StoredAccount | null): void {
    this.#svm.setAccount({
      address,
      lamports: lamports(account?.lamports ?? 0n),
      programAddress: account?.owner ?? SYSTEM_PROGRAM,
      data: account?.data ?? new Uint8Array(),
      executable: account?.executable ?? false,
      space: BigInt(account?.data.length ?? 0),
    });
  }

  *programAccounts(program: Address): Iterable<[Address, StoredAccount]> {
    for (const found of this.#svm.getProgramAccounts(program)) {
      if (found.lamports === 0n) continue;
      const { address, data, executable } = found;
      yield [address, { lamports: found.lamports, owner: program, data: data as Uint8Array, executable }];
    }
  }

  addProgram(address: Address, elf: Uint8Array): void {
    this.#svm.addProgram(address, elf);
  }

  minimumBalance(space: number): bigint {
    return this.#svm.minimumBalanceForRentExemption(BigInt(space));
  }

  /** Moves the sysvars to a new slot. `slotHashes` is newest first, as programs see it. */
  openSlot(slot: number, unixTimestamp: number, epochStart: number, slotHashes: readonly SlotHashEntry[]): void {
    const epoch = Math.floor(slot / SLOTS_PER_EPOCH);
    const clock = [slot, epochStart, epoch, epoch + 1, unixTimestamp].map(BigInt) as [
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    this.#svm.setClock(new Clock(...clock));
    // The declared type is a class, but plain objects are what the native side takes.
    this.#svm.setSlotHashes(slotHashes.map(({ slot, hash }) => ({ slot: BigInt(slot), hash })) as SlotHash[]);
    this.#svm.expireBlockhash();
  }

  execute(wire: WireTransaction): Execution {
    const result = this.#svm.sendTransaction(wire.transaction);
    return result instanceof FailedTransactionMetadata ? this.#failed(result, wire) : execution(result, null);
  }

  simulate(wire: WireTransaction): Simulation {
    const result = this.#svm.simulateTransaction(wire.transaction) as
      | FailedTransactionMetadata
      | SimulatedTransactionInfo;
    if (result instanceof FailedTransactionMetadata) return { ...this.#failed(result, wire), postAccounts: new Map() };
    const postAccounts = new Map<Address, StoredAccount>();
    for (const found of result.postAccounts()) {
      const { address, data, executable, programAddress: owner } = found;
      postAccounts.set(address, { lamports: found.lamports, owner, data: data as Uint8Array, executable });
    }
    return { ...execution(result.meta(), null), postAccounts };
  }

  #failed(result: FailedTransactionMetadata, { instructions, staticKeys }: WireTransaction): Execution {
    const err = encodeTransactionError(result.err());
    // LiteSVM doesn't tell a program that isn't there from an account that isn't a program; validators do.
    const isMissing = instructions.some(({ programIdIndex }) => this.account(staticKeys[programIdIndex]!) === null);
    return execution(result.meta(), err === "InvalidProgramForExecution" && isMissing ? "ProgramAccountNotFound" : err);
  }
}

export interface SlotHashEntry {
  readonly slot: number;
  readonly hash: string;
}

function execution(meta: TransactionMetadata, err: TransactionErrorJson | null): Execution {
  const innerInstructions: InnerInstructions[] = [];
  for (const [index, list] of meta.innerInstructions().entries()) {
    if (list.length === 0) continue;
    const instructions = list.map((inner) => {
      const instruction = inner.instruction();
      return {
        programIdIndex: instruction.programIdIndex(),
        accounts: [...instruction.accounts()],
        data: instruction.data(),
        stackHeight: inner.stackHeight(),
      };
    });
    innerInstructions.push({ index, instructions });
  }
  const returned = meta.returnData();
  const data = returned.data();
  return {
    err,
    logs: meta.logs(),
    innerInstructions,
    computeUnitsConsumed: meta.computeUnitsConsumed(),
    returnData: data.length === 0 ? null : { programId: getAddressDecoder().decode(returned.programId()), data },
  };
}
